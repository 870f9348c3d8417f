# Agreement of predicted with measured numbers, by base R, sandwich and epiR; clusters by leaving out one patient.
# Rscript tests/reference/regression.R   (from the root of the repository)
suppressPackageStartupMessages({library(jsonlite); library(sandwich); library(epiR)})

here <- "tests/reference"
set.seed(20261122)
patient <- rep(1:40, times = sample(1:4, 40, replace = TRUE))
shift <- rnorm(40, 0, 3)[patient]
measured <- round(rnorm(length(patient), 52, 10), 1)
predicted <- round(0.8 * measured + 11 + shift + rnorm(length(patient), 0, 4), 1)
weight <- round(runif(length(patient), 0.5, 3), 2)
d <- predicted - measured
n <- length(d)
z <- qnorm(0.975)

plain <- list()
plain$mean_difference <- as.numeric(c(mean(d), t.test(d)$conf.int))
se <- sd(d) * sqrt(1 / n + z^2 / (2 * (n - 1)))
for (sign in c(-1, 1)) {
  limit <- mean(d) + sign * z * sd(d)
  plain[[if (sign < 0) "lower" else "upper"]] <- limit + c(0, -1, 1) * qt(0.975, n - 1) * se
}
r <- cor.test(predicted, measured)
plain$pearson <- as.numeric(c(r$estimate, r$conf.int))
rho <- cor(predicted, measured, method = "spearman")
plain$spearman <- tanh(atanh(rho) + c(0, -1, 1) * z * sqrt((1 + rho^2 / 2) / (n - 3)))
plain$mean_absolute_error <- mean(abs(d))
plain$root_mean_squared_error <- sqrt(mean(d^2))
plain$r_squared <- 1 - sum(d^2) / sum((measured - mean(measured))^2)
agreement <- epi.ccc(predicted, measured, conf.level = 0.95)
plain$concordance <- agreement$rho.c
plain$epi_ccc <- agreement$sblalt

line <- lm(measured ~ predicted)
hc1 <- sqrt(diag(vcovCL(line, cluster = seq_len(n), type = "HC0", cadjust = TRUE)))
clustered <- list(
  line = list(coefficients = as.numeric(coef(line)), plain = as.numeric(hc1),
    clustered = as.numeric(sqrt(diag(vcovCL(line, cluster = patient, type = "HC0", cadjust = TRUE)))))
)
bias <- lm(d ~ 1)
clustered$bias_error <- as.numeric(sqrt(vcovCL(bias, cluster = patient, type = "HC0", cadjust = TRUE)))
weighted <- lm(measured ~ predicted, weights = weight)
clustered$weighted_line <- list(coefficients = as.numeric(coef(weighted)),
  clustered = as.numeric(sqrt(diag(vcovCL(weighted, cluster = patient, type = "HC0", cadjust = TRUE)))))

components <- function(d, patient) {
  table <- anova(aov(d ~ factor(patient)))
  m <- as.numeric(table(patient))
  typical <- (sum(m) - sum(m^2) / sum(m)) / (length(m) - 1)
  within <- table[["Mean Sq"]][2]
  between <- max(0, (table[["Mean Sq"]][1] - within) / typical)
  mean(d) + c(-1, 1) * z * sqrt(between + within)
}
clustered$limits <- components(d, patient)
without <- sapply(unique(patient), function(p) components(d[patient != p], patient[patient != p]))
g <- ncol(without)
clustered$limits_error <- sqrt((g - 1) / g * rowSums((without - rowMeans(without))^2))
jackknife <- function(statistic) {
  values <- sapply(unique(patient), function(p) statistic(patient != p))
  sqrt((g - 1) / g * sum((values - mean(values))^2))
}
clustered$pearson_error <- jackknife(function(k) cor(predicted[k], measured[k]))
clustered$spearman_error <- jackknife(function(k) cor(predicted[k], measured[k], method = "spearman"))
clustered$r_squared_error <- jackknife(function(k) 1 - sum(d[k]^2) / sum((measured[k] - mean(measured[k]))^2))
clustered$root_mean_squared_error_error <- jackknife(function(k) sqrt(mean(d[k]^2)))
clustered$mean_absolute_error_error <- jackknife(function(k) mean(abs(d[k])))

write_json(list(
  versions = list(R = R.version.string, sandwich = as.character(packageVersion("sandwich")), epiR = as.character(packageVersion("epiR"))),
  data = list(patient = patient, predicted = predicted, measured = measured, weight = weight), plain = plain, clustered = clustered
), file.path(here, "regression.json"), auto_unbox = TRUE, digits = NA, pretty = TRUE)
