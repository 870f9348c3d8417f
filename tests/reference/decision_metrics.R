# Writes decision_metrics.json: metrics of yes/no calls by epiR::epi.tests and base R, and clustered likelihood ratios by
# a log-binomial model with sandwich::vcovCL. Run in this folder: Rscript decision_metrics.R
suppressPackageStartupMessages({library(epiR); library(sandwich); library(jsonlite); library(numDeriv)})

tables <- list(  # true positives, false positives, false negatives, true negatives
  c(9, 2, 1, 8), c(231, 32, 27, 54), c(45, 120, 5, 830), c(30, 300, 12, 9000), c(3, 4, 2, 11)
)
z <- qnorm(0.975)

by_epi <- function(cells) {
  detail <- epi.tests(as.table(matrix(cells, 2, byrow = TRUE)), method = "exact")$detail
  rows <- c(sensitivity = "se", specificity = "sp", ppv = "pv.pos", npv = "pv.neg", accuracy = "diag.ac",
            prevalence = "tp", positive_likelihood_ratio = "lr.pos", negative_likelihood_ratio = "lr.neg")
  lapply(rows, function(name) unlist(detail[detail$statistic == name, c("est", "lower", "upper")], use.names = FALSE))
}

exact <- function(k, n) c(k / n, binom.test(k, n)$conf.int)

mcc <- function(x) (x[1] * x[4] - x[2] * x[3]) /
  sqrt(x[1] + x[2]) / sqrt(x[1] + x[3]) / sqrt(x[4] + x[2]) / sqrt(x[4] + x[3])

by_base <- function(cells) {
  tp <- cells[1]; fp <- cells[2]; fn <- cells[3]; tn <- cells[4]; n <- sum(cells)
  share <- cells / n
  slope <- grad(function(x) atanh(mcc(x)), share)
  error <- sqrt(c(slope %*% ((diag(share) - share %o% share) / n) %*% slope))
  se <- exact(tp, tp + fn); sp <- exact(tn, tn + fp)
  star <- exact(tp, tp + fp + fn)
  list(
    matthews_correlation = c(mcc(cells), tanh(atanh(mcc(cells)) + c(-1, 1) * z * error)),
    f1 = 2 * star / (1 + star),
    alerts_per_1000 = 1000 * exact(tp + fp, n),
    number_needed_to_screen = (1 / exact(tp, n))[c(1, 3, 2)],
    number_needed_to_evaluate = (1 / exact(tp, tp + fp))[c(1, 3, 2)],
    youden_index = se[1] + sp[1] - 1 + c(0, -sqrt((se[1] - se[2])^2 + (sp[1] - sp[2])^2),
                                         sqrt((se[3] - se[1])^2 + (sp[3] - sp[1])^2))
  )
}

# Mercaldo, Lau and Zhou 2007, standard logit intervals
elsewhere <- function(cells, p) {
  n1 <- cells[1] + cells[3]; n0 <- cells[2] + cells[4]; se <- cells[1] / n1; sp <- cells[4] / n0
  ppv <- se * p / (se * p + (1 - sp) * (1 - p)); npv <- sp * (1 - p) / (sp * (1 - p) + (1 - se) * p)
  error_ppv <- sqrt((1 - se) / se / n1 + sp / (1 - sp) / n0)
  error_npv <- sqrt(se / (1 - se) / n1 + (1 - sp) / sp / n0)
  list(prevalence = p,
       ppv_at = c(ppv, plogis(qlogis(ppv) + c(-1, 1) * z * error_ppv)),
       npv_at = c(npv, plogis(qlogis(npv) + c(-1, 1) * z * error_npv)))
}

clustered <- function() {
  data <- fromJSON("binary_outcome.json")$data
  sick <- data$truth == 1
  lapply(list(positive_likelihood_ratio = data$a > 0.5, negative_likelihood_ratio = data$a <= 0.5), function(call) {
    start <- c(log(mean(call[!sick])), log(mean(call[sick]) / mean(call[!sick])))
    fit <- glm(call ~ sick, family = binomial(link = "log"), start = start, epsilon = 1e-14, maxit = 100)
    error <- sqrt(vcovCL(fit, cluster = data$patient, type = "HC0", cadjust = TRUE)[2, 2])
    t <- qt(0.975, length(unique(data$patient)) - 1)
    exp(coef(fit)[[2]] + c(0, -t * error, t * error))
  })
}

versions <- list(R = R.version.string, epiR = as.character(packageVersion("epiR")),
                 sandwich = as.character(packageVersion("sandwich")), numDeriv = as.character(packageVersion("numDeriv")))
content <- list(
  versions = versions,
  tables = lapply(tables, function(cells) list(cells = cells, metrics = c(by_epi(cells), by_base(cells)),
                                               elsewhere = lapply(c(0.01, 0.049, 0.3), elsewhere, cells = cells))),
  clustered = clustered()
)
write(toJSON(content, digits = I(15), auto_unbox = TRUE, pretty = TRUE), "decision_metrics.json")
