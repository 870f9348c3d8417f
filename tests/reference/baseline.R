# Tests between groups of patients by base R.   Rscript tests/reference/baseline.R   (from the root of the repository)
suppressPackageStartupMessages(library(jsonlite))
here <- "tests/reference"
set.seed(20261122)
group <- sample(0:2, 90, replace = TRUE, prob = c(0.5, 0.3, 0.2))
normal <- round(rnorm(90, 60 + 3 * group, 8 + 2 * group), 1)
skewed <- round(rexp(90, 1 / (20 + 5 * group)))
distinct <- round(rlnorm(90, 0.3 * group), 6)
two <- group < 2
numbers <- list(
  welch = t.test(normal[group == 0], normal[group == 1])$p.value,
  wilcoxon_ties = suppressWarnings(wilcox.test(skewed[group == 0], skewed[group == 1], exact = FALSE)$p.value),
  wilcoxon_exact = wilcox.test(distinct[1:40][group[1:40] == 0], distinct[1:40][group[1:40] == 1])$p.value,
  oneway = oneway.test(normal ~ factor(group))$p.value,
  kruskal = kruskal.test(skewed, factor(group))$p.value
)
tables <- list(
  large = matrix(c(30, 20, 25, 40, 10, 22), 3), four = matrix(c(12, 30, 25, 19), 2), rare = matrix(c(3, 1, 2, 9), 2),
  none = matrix(c(0, 7, 5, 6), 2), small = matrix(c(3, 1, 0, 2, 4, 6), 3), wide = matrix(c(5, 0, 1, 2, 3, 3, 0, 4, 1), 3),
  crowded = matrix(c(60, 3, 1, 40, 9, 2, 70, 2, 8, 55, 4, 3), 3)
)
shares <- lapply(tables, function(t) list(
  table = t, chi_square = suppressWarnings(chisq.test(t, correct = FALSE)$p.value),
  fisher = fisher.test(t, workspace = 2e7)$p.value, least = min(suppressWarnings(chisq.test(t))$expected)))
write_json(list(version = R.version.string, data = list(group = group, normal = normal, skewed = skewed, distinct = distinct),
  numbers = numbers, shares = shares), file.path(here, "baseline.json"), auto_unbox = TRUE, digits = NA, pretty = TRUE)
