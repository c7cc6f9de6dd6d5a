# Child, the peer: the same map by data.table from CSV, as R has no reader of Parquet in Debian.
# Rscript _gaps_rival.R FOLDER LEVEL → one line of JSON. FOLDER: a CSV file per paper and maxima.csv.
suppressPackageStartupMessages(library(data.table))
setDTthreads(0)

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
by_unit <- if (arguments[2] == "class") c("school_id", "class_name") else "school_id"
z <- 1.959963984540054
said <- c(rows = 0, answers = 0, points = 0)
reading <- 0

# Sums of one figure of every item by unit; sum() of whole columns is grouped in C.
summed <- function(scripts, items, of) {
  figures <- scripts[, lapply(.SD, of), .SDcols = items]
  figures[, (by_unit) := scripts[, by_unit, with = FALSE]]
  figures[, lapply(.SD, sum, na.rm = TRUE), keyby = by_unit, .SDcols = items]
}

for (file in list.files(folder, "^paper.*csv$", full.names = TRUE)) {
  started <- proc.time()[["elapsed"]]
  scripts <- fread(file, colClasses = list(character = c("school_id", "class_name")), na.strings = "")
  reading <- reading + proc.time()[["elapsed"]] - started
  items <- grep("^item_", names(scripts), value = TRUE)
  maxima <- fread(sub("paper", "maxima", file))$maximum
  all <- scripts[, .(all = .N), keyby = by_unit]
  tables <- list(
    n = summed(scripts, items, function(v) v >= -1L),
    s = summed(scripts, items, function(v) pmax(v, 0L)),
    q = summed(scripts, items, function(v) pmax(v, 0L)^2),
    x = summed(scripts, items, function(v) v == -1L),
    t = summed(scripts, items, function(v) v == -2L)
  )
  long <- rbindlist(lapply(seq_along(items), function(at) {
    data.table(
      all[, by_unit, with = FALSE], all = all$all, item = at, most = maxima[at],
      n = tables$n[[items[at]]], s = tables$s[[items[at]]], q = tables$q[[items[at]]],
      x = tables$x[[items[at]]], t = tables$t[[items[at]]]
    )
  }))
  long[, p := s / (n * most)]
  long[, spread := q / (n * most * most) - p * p]
  long[, m := fifelse(spread > 0, n * p * (1 - p) / spread, as.numeric(n))]
  long[, half := sqrt(z * z * (p * (1 - p) * m + z * z / 4)) / (m + z * z)]
  long[, centre := (p * m + z * z / 2) / (m + z * z)]
  long[, `:=`(lower = 100 * (centre - half), upper = 100 * (centre + half))]
  long[, difference := 100 * p - 100 * sum(s) / (sum(n) * most), by = item]
  long[, status := fifelse(upper < 57, -1L, fifelse(lower > 63, 1L, 0L))]
  if ("class_name" %in% by_unit) long <- long[!is.na(class_name)]
  said <- said + c(nrow(long), sum(long$n), sum(long$s))
}
cat(sprintf(
  '{"rows": %.0f, "answers": %.0f, "points": %.0f, "reading": %.2f}\n', said[1], said[2], said[3], reading
))
