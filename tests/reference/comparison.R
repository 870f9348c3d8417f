# Numbers of comparison.json: two scores of the same records by R's own packages. Run in this folder: Rscript comparison.R
suppressMessages({library(pROC); library(Hmisc); library(sandwich); library(boot); library(jsonlite)})
set.seed(20261122)
n <- 240
patient <- rep(1:80, each = 3)
effect <- rnorm(80)[patient]
truth <- as.integer(effect + rnorm(n) > 0.7)
a <- round(plogis(-1.2 + 1.9 * truth + 0.5 * effect + rnorm(n)), 2)
b <- round(plogis(-1.0 + 1.2 * truth + 0.3 * effect + rnorm(n)), 2)
a <- pmin(pmax(a, 0.01), 0.99); b <- pmin(pmax(b, 0.01), 0.99)
group <- rep(c("x", "y"), length.out = n)
data <- data.frame(patient, truth, a, b, group)
write.csv(data, "comparison.csv", row.names = FALSE, quote = FALSE)

quiet <- function(score, kept = rep(TRUE, n)) roc(truth[kept], score[kept], direction = "<", levels = c(0, 1), quiet = TRUE)
test <- function(t) list(statistic = unname(t$statistic), p = t$p.value)
ra <- quiet(a); rb <- quiet(b)
paired <- roc.test(ra, rb, method = "delong", paired = TRUE)
out <- list()
out$paired <- c(test(paired), list(low = paired$conf.int[1], high = paired$conf.int[2]))
out$greater <- roc.test(ra, rb, method = "delong", paired = TRUE, alternative = "greater")$p.value
out$less <- roc.test(ra, rb, method = "delong", paired = TRUE, alternative = "less")$p.value
x <- group == "x"
un <- roc.test(quiet(a, x), quiet(a, !x), method = "delong", paired = FALSE)
out$unpaired <- c(test(un), list(degrees = unname(un$parameter)))
set.seed(1)
out$bootstrap <- test(roc.test(ra, rb, method = "bootstrap", paired = TRUE, boot.n = 10000, boot.stratified = TRUE, progress = "none"))

# specificity at sensitivity 0.9: the best observed cut-off that reaches it, and the stratified bootstrap of that
best <- function(d, score, target = 0.9) {
  cuts <- sort(unique(score[d])); y <- truth[d]; s <- score[d]
  sens <- sapply(cuts, function(c) mean(s[y == 1] >= c)); max(sapply(cuts[sens >= target], function(c) mean(s[y == 0] < c)))
}
strata <- truth
set.seed(2)
drawn <- boot(1:n, function(z, i) c(best(i, a), best(i, b), best(i, a) - best(i, b)), R = 4000, strata = strata)
limits <- apply(drawn$t, 2, quantile, c(0.025, 0.975))
out$specificity_at_sensitivity <- list(a = drawn$t0[1], b = drawn$t0[2], a_low = limits[1, 1], a_high = limits[2, 1],
  difference_low = limits[1, 3], difference_high = limits[2, 3])

# BCa of a difference of Brier scores
gap <- function(z, i) mean((a[i] - truth[i])^2) - mean((b[i] - truth[i])^2)
set.seed(3)
drawn <- boot(1:n, gap, R = 10000)
bca <- boot.ci(drawn, type = "bca")$bca
out$bca <- list(value = drawn$t0, low = bca[4], high = bca[5])

# reclassification: b is the old risk, a the new one
plain <- function(r) list(nri = r$nri, nri_error = r$se.nri, events = r$nri.ev, events_error = r$se.nri.ev,
  nonevents = r$nri.ne, nonevents_error = r$se.nri.ne, z = r$z.nri, idi = r$idi, idi_error = r$se.idi, idi_z = r$z.idi,
  idi_events = r$improveSens, idi_nonevents = r$improveSpec)
out$continuous <- plain(improveProb(b, a, truth))
cats <- function(p) findInterval(p, c(0.2, 0.5)) / 2
out$categorical <- plain(improveProb(cats(b), cats(a), truth))
# clustered by patient: the mean among events as an intercept with the cluster-robust error, HC0 times G / (G - 1)
clustered <- function(change, kept) {
  d <- data.frame(change = change[kept], patient = patient[kept]); fit <- lm(change ~ 1, d)
  sqrt(vcovCL(fit, cluster = ~ patient, type = "HC0", cadjust = TRUE)[1, 1])
}
out$clustered <- list(nri_events = clustered(sign(a - b), truth == 1), nri_nonevents = clustered(sign(b - a), truth == 0),
  idi_events = clustered(a - b, truth == 1), idi_nonevents = clustered(b - a, truth == 0))

# McNemar at 0.4 among positives
hit_a <- (a >= 0.4)[truth == 1]; hit_b <- (b >= 0.4)[truth == 1]
only_a <- sum(hit_a & !hit_b); only_b <- sum(!hit_a & hit_b)
out$mcnemar <- list(exact = binom.test(only_a, only_a + only_b)$p.value,
  chi_squared = unname(mcnemar.test(table(hit_a, hit_b), correct = FALSE)$statistic), only_a = only_a, only_b = only_b)

p <- c(0.001, 0.04, 0.03, 0.5, NA, 0.03, 0.9, 0)
out$adjust <- list(p = p, holm = p.adjust(p, "holm"), benjamini_hochberg = p.adjust(p, "BH"))
packages <- c("pROC", "Hmisc", "sandwich", "boot")
out$versions <- c(list(R = R.version.string), sapply(packages, function(q) as.character(packageVersion(q)), simplify = FALSE))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE, na = "null"), "comparison.json")
