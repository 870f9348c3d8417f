# Logistic regression in R (glm): coefficients and their covariance, without and with weights.
# Rscript tests/reference/logistic_regression.R  reads verification_bias.csv, writes logistic_regression.json beside it
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)[1]))
data <- read.csv(file.path(folder, "verification_bias.csv"))
data <- data[!is.na(data$truth), ]
fit <- function(weights) {
  data$counts <- weights
  model <- suppressWarnings(glm(truth ~ score + age + female, family = binomial, data = data, weights = counts,
                                control = list(epsilon = 1e-14, maxit = 100)))
  list(coefficients = as.numeric(coef(model)), covariance = matrix(as.numeric(vcov(model)), 4))
}
numbers <- list(made_by = paste0(R.version.string, ", jsonlite ", packageVersion("jsonlite")),
                plain = fit(rep(1, nrow(data))), weighted = fit(data$sampling))
jsonlite::write_json(numbers, file.path(folder, "logistic_regression.json"), digits = NA, auto_unbox = TRUE, pretty = 1)
