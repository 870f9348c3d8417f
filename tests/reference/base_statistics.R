# Calibration slope and intercept (also clustered and weighted) and shares, as R gives them for the data of
# binary_outcome.json. Run in this folder: Rscript base_statistics.R
suppressMessages({
  library(jsonlite)
  library(rms)
  library(sandwich)
  library(epiR)
})

data <- fromJSON("binary_outcome.json")$data
truth <- data$truth
patient <- data$patient
# weights that are no whole numbers and follow neither the score nor the truth
weight <- 0.5 + (seq_along(truth) * 7) %% 11 / 4

recalibrated <- function(score) {
  logit <- qlogis(score)
  slope <- glm(truth ~ logit, family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100))
  shift <- glm(truth ~ 1, offset = logit, family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100))
  weighted <- suppressWarnings(glm(truth ~ logit, family = binomial, weights = weight / mean(weight),
                                   control = glm.control(epsilon = 1e-14, maxit = 100)))
  moved <- suppressWarnings(glm(truth ~ 1, offset = logit, family = binomial, weights = weight / mean(weight),
                                control = glm.control(epsilon = 1e-14, maxit = 100)))
  clustered <- function(fit, by) sqrt(tail(diag(vcovCL(fit, cluster = by, type = "HC0", cadjust = TRUE)), 1))
  val <- val.prob(score, truth, pl = FALSE)
  one <- function(fit) {
    list(value = unname(tail(coef(fit), 1)), error = unname(sqrt(tail(diag(vcov(fit)), 1))),
         clustered = unname(clustered(fit, patient)), by_record = unname(clustered(fit, seq_along(truth))))
  }
  list(slope = one(slope), intercept = one(shift), weighted_slope = one(weighted), weighted_intercept = one(moved),
       val_prob_slope = unname(val["Slope"]), val_prob_brier = unname(val["Brier"]),
       val_prob_auroc = unname(val["C (ROC)"]))
}

called <- data$a > 0.5
tests <- epi.tests(table(factor(!called), factor(truth == 0)), method = "exact", conf.level = 0.95)$detail
shares <- lapply(c("se", "sp", "pv.pos", "pv.neg", "diag.ac"), function(name) {
  row <- tests[tests$statistic == name, ]
  list(value = row$est, low = row$lower, high = row$upper)
})
names(shares) <- c("sensitivity", "specificity", "ppv", "npv", "accuracy")
wilson <- epi.prev(pos = 3, tested = 30, se = 1, sp = 1, method = "wilson", units = 1, conf.level = 0.95)$ap

content <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), rms = as.character(packageVersion("rms")),
                  sandwich = as.character(packageVersion("sandwich")), epiR = as.character(packageVersion("epiR"))),
  weight = weight, a = recalibrated(data$a), b = recalibrated(data$b), shares_of_a_above_half = shares,
  wilson_3_of_30 = unname(unlist(wilson))
)
write(toJSON(content, digits = NA, auto_unbox = TRUE, pretty = TRUE), "base_statistics.json")
