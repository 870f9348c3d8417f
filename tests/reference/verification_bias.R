# Verification bias in R: Begg and Greenes by their formulas, inverse probability weighting by glm, standard errors by the
# infinitesimal jackknife (numerical derivatives by each patient's weight, the verification model refitted each time).
# Rscript tests/reference/verification_bias.R  writes verification_bias.csv and verification_bias.json beside it
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)[1]))
set.seed(20261122)
n <- 420
patient <- sort(sample(1:300, n, replace = TRUE))
effect <- rnorm(300)[patient]
age <- round(60 + 12 * rnorm(n) + 3 * effect, 1)
female <- rbinom(n, 1, 0.5)
disease <- rbinom(n, 1, plogis(-1.5 + 0.04 * (age - 60) + effect))
score <- round(plogis(-1 + 1.6 * disease + 0.5 * effect + rnorm(n)), 2)  # two digits: ties
verified <- rbinom(n, 1, plogis(-1 + 3 * score + 0.03 * (age - 60) - 0.3 * female))
sampling <- round(runif(n, 0.5, 2), 2)
truth <- ifelse(verified == 1, disease, NA)
data <- data.frame(patient, age, female, score, truth, sampling)
write.csv(data, file.path(folder, "verification_bias.csv"), row.names = FALSE, na = "", quote = FALSE)
called <- as.numeric(score >= 0.4)
told <- !is.na(truth)

auc <- function(weight) {
  p <- which(told & truth == 1); q <- which(told & truth == 0)
  kernel <- outer(score[p], score[q], function(a, b) (a > b) + (a == b) / 2)
  sum(kernel * outer(weight[p], weight[q])) / sum(outer(weight[p], weight[q]))
}
# v: how often each record counts
weighting <- function(v) {
  model <- glm(told ~ score + age + female, family = quasibinomial, weights = v, control = list(epsilon = 1e-14, maxit = 100))
  w <- ifelse(told, v / fitted(model), 0)
  y <- ifelse(told, truth, 0)
  c(sensitivity = sum(w * y * called) / sum(w * y), specificity = sum(w * (1 - y) * (1 - called)) / sum(w * (1 - y)),
    auroc = auc(w))
}
by_strata <- function(v) {
  expected <- ave(seq_len(n), called, female, FUN = function(i) {
    sum((v * truth)[i], na.rm = TRUE) / sum((v * told)[i])
  })
  c(sensitivity = sum(v * expected * called) / sum(v * expected),
    specificity = sum(v * (1 - expected) * (1 - called)) / sum(v * (1 - expected)))
}
jackknife <- function(f, v, group) {
  groups <- unique(group)
  change <- sapply(groups, function(g) {
    step <- 1e-4 * (group == g)
    (f(v * (1 + step)) - f(v * (1 - step))) / 2e-4
  })
  sqrt(length(groups) / (length(groups) - 1) * rowSums(change^2))
}
both <- function(f, v, group) list(value = as.list(f(v)), error = as.list(jackknife(f, v, group)))
ones <- rep(1, n)
hepatic <- function(s1, r1, u1, s0, r0, u0) {
  n1 <- s1 + r1 + u1; n0 <- s0 + r0 + u0
  p1 <- s1 / (s1 + r1); p0 <- s0 / (s0 + r0)
  error <- function(a1, b1, a0, b0) sqrt(1 / n1 + 1 / n0 + b1 / (a1 * (a1 + b1)) + b0 / (a0 * (a0 + b0)))
  list(sensitivity = n1 * p1 / (n1 * p1 + n0 * p0), specificity = n0 * (1 - p0) / (n0 * (1 - p0) + n1 * (1 - p1)),
       error_of_logit_sensitivity = error(s1, r1, s0, r0), error_of_logit_specificity = error(r1, s1, r0, s0))
}
numbers <- list(
  made_by = paste0(R.version.string, ", jsonlite ", packageVersion("jsonlite")),
  hepatic = hepatic(231, 32, 166, 27, 54, 140),
  weighting = list(plain = both(weighting, ones, 1:n), clustered = both(weighting, ones, patient),
                   sampled = both(weighting, sampling, patient)),
  strata = list(plain = both(by_strata, ones, 1:n), clustered = both(by_strata, ones, patient),
                sampled = both(by_strata, sampling, patient))
)
jsonlite::write_json(numbers, file.path(folder, "verification_bias.json"), digits = NA, auto_unbox = TRUE, pretty = 1)
