# Numbers for tests/evaluation/sample_size: pmvalsampsize and pmsampsize (CRAN), epiR.
# Rscript tests/reference/sample_size.R > tests/reference/sample_size.json
suppressMessages({
  library(pmvalsampsize)
  library(pmsampsize)
  library(epiR)
  library(jsonlite)
})
validation <- function(...) {
  table <- suppressMessages(pmvalsampsize(type = "b", ...)$results_table)
  as.list(setNames(as.numeric(table[, 1]), paste0("criterion_", seq_len(nrow(table)))))
}
development <- function(...) {
  table <- suppressMessages(pmsampsize(type = "b", ...)$results_table)
  as.list(setNames(as.numeric(table[, 1]), paste0("criterion_", seq_len(nrow(table)))))
}
version <- function(name) as.character(packageVersion(name))
out <- list(
  versions = list(
    R = as.character(getRversion()), pmvalsampsize = version("pmvalsampsize"), pmsampsize = version("pmsampsize"),
    epiR = version("epiR")
  ),
  # the example of Riley 2021 (mechanical heart valve failure), then a beta distribution of risks, with net benefit
  normal = validation(prevalence = 0.018, cstatistic = 0.8, lpnormal = c(-5, 2.5), oeciwidth = 1),
  beta = validation(
    prevalence = 0.43, cstatistic = 0.77, lpbeta = c(1.33, 1.75), sensitivity = 0.8, specificity = 0.6, threshold = 0.3
  ),
  # the examples of Riley 2019 and 2020
  development_r2 = development(csrsquared = 0.288, parameters = 24, prevalence = 0.174),
  development_auroc = development(cstatistic = 0.78, parameters = 30, prevalence = 0.2),
  # one sensitivity of 0.9 to 0.05 on either side at prevalence 0.1 (Buderer 1996)
  sensitivity_n = as.numeric(epi.ssdxsesp(
    test = 0.9, type = "se", Py = 0.1, epsilon = 0.05, error = "absolute", nfractional = FALSE, conf.level = 0.95
  ))
)
cat(toJSON(out, auto_unbox = TRUE, digits = 10, pretty = TRUE), "\n")
