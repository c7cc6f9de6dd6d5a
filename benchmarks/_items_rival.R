# Partial credit by conditional likelihood in R: time of the fit alone, from a table in memory.
# Rscript _items_rival.R TABLE.csv PACKAGE → one line of JSON with seconds, log-likelihood and thresholds.
arguments <- commandArgs(trailingOnly = TRUE)
scores <- as.matrix(read.csv(arguments[1]))
suppressMessages(library(arguments[2], character.only = TRUE))
started <- proc.time()[["elapsed"]]
if (arguments[2] == "psychotools") {
  fit <- pcmodel(scores, hessian = TRUE)
  seconds <- proc.time()[["elapsed"]] - started
  # threshpar() fails where items differ in their highest score: from the cumulated parameters instead.
  top <- apply(scores, 2, max, na.rm = TRUE)
  cumulated <- split(c(0, coef(fit)), rep(seq_along(top), top))
  thresholds <- unlist(lapply(cumulated, function(steps) diff(c(0, steps))))
  loglik <- as.numeric(logLik(fit))
} else {
  fit <- PCM(scores)
  seconds <- proc.time()[["elapsed"]] - started
  thresholds <- thresholds(fit)$threshpar
  loglik <- fit$loglik
}
numbers <- paste(format(thresholds - mean(thresholds), digits = 10), collapse = ",")
cat(sprintf('{"seconds": %.3f, "loglik": %.6f, "thresholds": [%s]}\n', seconds, loglik, numbers))
