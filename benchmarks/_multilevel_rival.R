# lme4 with its default settings on a CSV file; the last line is JSON. Reading is not counted.
suppressMessages(library(lme4))
path <- commandArgs(TRUE)[1]
data <- read.csv(path)
data$school <- factor(data$school)
started <- proc.time()[["elapsed"]]
found <- lmer(score ~ prior + sex + ses + context + size + (1 | school), data = data)
seconds <- proc.time()[["elapsed"]] - started
cat(sprintf('{"seconds": %.3f, "criterion": %.6f, "between": %.9f}\n', seconds, REMLcrit(found),
            as.data.frame(VarCorr(found))$vcov[1]))
