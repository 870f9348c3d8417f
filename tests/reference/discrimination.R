# Partial areas by pROC and BCa intervals by boot, on the data of binary_outcome.json.
# Rscript tests/reference/discrimination.R   (from the root of the repository)
suppressPackageStartupMessages({library(pROC); library(boot); library(jsonlite)})

here <- "tests/reference"
data <- fromJSON(file.path(here, "binary_outcome.json"))$data
partial <- list()
for (score in c("a", "b")) {
  curve <- roc(data$truth, data[[score]], direction = "<", levels = c(0, 1), quiet = TRUE)
  for (focus in c("specificity", "sensitivity")) for (minimum in c(0.9, 0.75, 0.5)) for (corrected in c(FALSE, TRUE)) {
    area <- auc(curve, partial.auc = c(1, minimum), partial.auc.focus = focus, partial.auc.correct = corrected)
    partial[[length(partial) + 1]] <- list(
      score = score, focus = focus, minimum = minimum, corrected = corrected,
      value = if (corrected) as.numeric(area) / 1 else as.numeric(area)
    )
  }
}

set.seed(20261122)
sample <- round(rlnorm(25), 3)
found <- boot(sample, function(x, i) mean(x[i]), R = 199)
influence <- sample - mean(sample)
bca <- boot.ci(found, conf = c(0.9, 0.95), type = "bca", L = influence)$bca

write_json(
  list(
    versions = list(R = R.version.string, pROC = as.character(packageVersion("pROC")), boot = as.character(packageVersion("boot"))),
    partial = partial,
    bca = list(sample = sample, replicates = as.numeric(found$t), ranks = bca[, 2:3], limits = bca[, 4:5])
  ),
  file.path(here, "discrimination.json"), auto_unbox = TRUE, digits = NA, pretty = TRUE
)
