# Metric of some records minus that of all, in R: values by their definitions (slope by glm), standard errors by the
# infinitesimal jackknife (numerical derivatives by each patient's weight).
# Rscript tests/reference/subset_difference.R  reads verification_bias.csv, writes subset_difference.json beside it
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)[1]))
data <- read.csv(file.path(folder, "verification_bias.csv"))
data <- data[!is.na(data$truth), ]
y <- data$truth; score <- pmin(pmax(data$score, 0.01), 0.99); called <- as.numeric(score >= 0.4)
kept <- data$age <= 62
auc <- function(v) {
  p <- which(y == 1); q <- which(y == 0)
  kernel <- outer(score[p], score[q], function(a, b) (a > b) + (a == b) / 2)
  sum(kernel * outer(v[p], v[q])) / sum(outer(v[p], v[q]))
}
metrics <- list(
  auroc = auc,
  sensitivity = function(v) sum(v * y * called) / sum(v * y),
  specificity = function(v) sum(v * (1 - y) * (1 - called)) / sum(v * (1 - y)),
  brier = function(v) sum(v * (score - y)^2) / sum(v),
  calibration_slope = function(v) {
    model <- glm(y ~ qlogis(score), family = quasibinomial, weights = v, control = list(epsilon = 1e-14, maxit = 100))
    unname(coef(model)[2])
  }
)
jackknife <- function(f, v, group) {
  groups <- unique(group)
  change <- sapply(groups, function(g) {
    step <- 1e-4 * (group == g)
    (f(v * (1 + step)) - f(v * (1 - step))) / 2e-4
  })
  sqrt(length(groups) / (length(groups) - 1) * sum(change^2))
}
of <- function(f, v, group) {
  difference <- function(v) f(v * kept) - f(v)
  list(value = difference(v), error = jackknife(difference, v, group))
}
ones <- rep(1, nrow(data))
all <- function(v, group) lapply(metrics, of, v = v, group = group)
numbers <- list(made_by = paste0(R.version.string, ", jsonlite ", packageVersion("jsonlite")),
                plain = all(ones, seq_along(y)), clustered = all(ones, data$patient),
                sampled = all(data$sampling, data$patient))
jsonlite::write_json(numbers, file.path(folder, "subset_difference.json"), digits = NA, auto_unbox = TRUE, pretty = 1)
