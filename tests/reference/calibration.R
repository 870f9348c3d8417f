# Writes calibration.csv (simulated, seed 20261122) and calibration.json: calibration by R's loess, rms and glm.
# Rscript tests/reference/calibration.R   (from the root of the repository)
suppressMessages({library(rms); library(jsonlite)})
set.seed(20261122)
n <- 300
patient <- rep(1:150, each = 2)
effect <- rnorm(150)[patient]
lp <- -0.6 + 1.1 * effect + rnorm(n)
truth <- rbinom(n, 1, plogis(0.3 + 0.7 * lp))
score <- plogis(lp)
weight <- sample(1:3, n, replace = TRUE)
# 608 records when repeated: 75 % of a multiple of 4 is a whole number
weight[which(weight == 1)[1]] <- 2
data <- data.frame(score = score, truth = truth, patient = patient, weight = weight)
write.csv(format(data, digits = 17, scientific = FALSE), "tests/reference/calibration.csv", row.names = FALSE, quote = FALSE)
data <- read.csv("tests/reference/calibration.csv")
score <- data$score; truth <- data$truth; logit <- qlogis(score)

# a share of positives lies in [0, 1]; R's loess need not
held <- function(curve) pmin(pmax(curve, 0), 1)
smooth <- function(x, y, degree = 2, span = 0.75, at = x)
  predict(loess(y ~ x, degree = degree, span = span, control = loess.control(surface = "direct")), data.frame(x = at))
distance <- abs(held(smooth(score, truth)) - score)
repeated <- data[rep(seq_len(n), data$weight), ]
at <- c(0.05, 0.2, 0.4, 0.6, 0.9)
val <- val.prob(score, truth, pl = FALSE)
group <- ceiling(rank(score) / (n / 10))
observed <- tapply(truth, group, sum); expected <- tapply(score, group, sum); size <- tapply(score, group, length)
chi <- sum((observed - expected)^2 / (expected * (1 - expected / size)))
share <- size / n; o <- observed / size; p <- expected / size
rel <- sum(share * (o - p)^2); res <- sum(share * (o - mean(truth))^2); unc <- mean(truth) * (1 - mean(truth))
noise <- sum(share * o * (1 - o) / (size - 1))
beta <- coef(glm(truth ~ log(score) + log(1 - score), family = binomial, control = glm.control(epsilon = 1e-14, maxit = 100)))
smoothed <- ifelse(truth == 1, (sum(truth) + 1) / (sum(truth) + 2), 1 / (n - sum(truth) + 2))
tight <- glm.control(epsilon = 1e-14, maxit = 100)
platt <- coef(suppressWarnings(glm(smoothed ~ logit, family = binomial, control = tight)))
order <- order(score)
numbers <- list(
  loess_2 = smooth(score, truth, at = at), loess_1 = smooth(score, truth, degree = 1, at = at), at = at,
  loess_half = smooth(score, truth, span = 0.5, at = at),
  ici = mean(distance), e50 = quantile(distance, 0.5, type = 1)[[1]], e90 = quantile(distance, 0.9, type = 1)[[1]],
  emax = max(distance), repeated_n = nrow(repeated),
  repeated_ici = mean(abs(held(smooth(repeated$score, repeated$truth)) - repeated$score)),
  val_prob = as.list(val[c("Brier", "Intercept", "Slope", "Emax", "E90", "Eavg", "S:z", "S:p")]),
  hosmer_lemeshow = list(statistic = chi, p_value = pchisq(chi, 10, lower.tail = FALSE)),
  parts = list(reliability = rel, resolution = res, uncertainty = unc, brier = mean((score - truth)^2),
    corrected_reliability = rel - noise, corrected_resolution = res - noise + unc / (n - 1),
    corrected_uncertainty = unc + unc / (n - 1)),
  ece = sum(share * abs(o - p)), observed_expected = sum(truth) / sum(score),
  scaled_brier = 1 - mean((score - truth)^2) / unc,
  intercept = coef(glm(truth ~ 1 + offset(logit), family = binomial, control = tight))[[1]],
  temperature = 1 / coef(glm(truth ~ 0 + logit, family = binomial, control = tight))[[1]],
  platt = unname(platt), beta = unname(beta),
  isotonic = isoreg(score[order], truth[order])$yf)
info <- list(R = R.version.string, rms = as.character(packageVersion("rms")), seed = 20261122)
write(toJSON(list(made_by = info, numbers = numbers), digits = NA, auto_unbox = TRUE, pretty = TRUE),
      "tests/reference/calibration.json")
