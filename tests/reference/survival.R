# Write survival.csv and survival.json: times with ties, competing events, repeated patients and weights, and what R's
# survival, cmprsk and base print for them. Run: Rscript tests/reference/survival.R
suppressPackageStartupMessages({library(survival); library(cmprsk); library(jsonlite)})
options(warn = 1)
set.seed(20261122)
n <- 240
patient <- rep(1:150, length.out = n)
effect <- rnorm(150)[patient]
score <- round(effect * 0.6 + rnorm(n), 1)
marker <- round(effect * 0.3 + rnorm(n), 1)
latent <- rexp(n, exp(-6 + 0.7 * score))
other <- rexp(n, exp(-6.8))
censor <- pmin(rexp(n, 1 / 700), 1100)
time <- ceiling(pmin(latent, other, censor) / 20) * 20
cause <- ifelse(latent <= pmin(other, censor), 1, ifelse(other <= censor, 2, 0))
weight <- round(runif(n, 0.5, 3), 1)
group <- as.integer(cut(score, c(-Inf, -0.5, 0.6, Inf))) - 1
event <- as.integer(cause == 1)
severity <- pmin(3, pmax(0, round(score * 0.6 + rnorm(n) + 1)))
d <- data.frame(time, cause, event, patient, score, marker, weight, group, severity)
write.csv(d, "survival.csv", row.names = FALSE)
horizons <- c(100, 365, 730)

km <- function(f) { s <- summary(f, times = horizons, extend = TRUE); list(value = s$surv, se = s$std.err, low = s$lower, high = s$upper) }
fit <- function(...) survfit(Surv(time, event) ~ 1, data = d, conf.type = "log-log", ...)
kaplan <- list(plain = km(fit()), clustered = km(fit(cluster = patient)), weighted = km(fit(weights = weight, robust = TRUE)))
ms <- function(...) { f <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, data = d, ...); s <- summary(f, times = horizons)
  list(value = s$pstate[, 2], se = s$std.err[, 2]) }
ci <- timepoints(cuminc(time, cause), horizons)
incidence <- list(plain = ms(), cuminc = unname(ci$est["1 1", ]))

lr <- survdiff(Surv(time, event) ~ group, data = d)
oe <- lr$obs - lr$exp
trend <- sum(c(0, 1, 2) * oe)^2 / drop(t(0:2) %*% lr$var %*% 0:2)
rob <- summary(coxph(Surv(time, event) ~ factor(group) + cluster(patient), data = d, ties = "breslow"))$robscore
logrank <- list(chisq = lr$chisq, trend = trend, robust = unname(rob["test"]))

cc <- function(...) { k <- concordance(Surv(time, event) ~ score, data = d, reverse = TRUE, ...); list(value = unname(k$concordance), se = sqrt(k$var)) }
two <- concordance(coxph(Surv(time, event) ~ score, d), coxph(Surv(time, event) ~ marker, d))
concord <- list(harrell = cc(), clustered = cc(cluster = patient), weighted = cc(weights = weight),
  uno = cc(timewt = "n/G2"), uno_tau = cc(timewt = "n/G2", ymax = 365), harrell_tau = cc(ymax = 365),
  uno_clustered = cc(timewt = "n/G2", cluster = patient),
  difference = list(value = unname(diff(rev(two$concordance))), se = sqrt(drop(c(1, -1) %*% two$var %*% c(1, -1)))))

cx <- function(m) list(beta = unname(coef(m)), se = unname(sqrt(diag(vcov(m)))),
  zph = unname(cox.zph(m, transform = "km", terms = FALSE)$table[, "p"]))
cox <- list(score = cx(coxph(Surv(time, event) ~ score, d)), group = cx(coxph(Surv(time, event) ~ factor(group), d)),
  both = cx(coxph(Surv(time, event) ~ score + marker, d)),
  clustered = cx(coxph(Surv(time, event) ~ score, d, cluster = patient)),
  group_clustered = cx(coxph(Surv(time, event) ~ factor(group), d, cluster = patient)),
  weighted = cx(coxph(Surv(time, event) ~ score, d, weights = weight, robust = TRUE)))

jt <- suppressWarnings(cor.test(score, severity, method = "kendall", exact = FALSE))
tab <- table(group, event)
ca <- prop.trend.test(tab[, 2], rowSums(tab), score = 0:2)
trends <- list(kendall_z = unname(jt$statistic), kendall_p = jt$p.value, cochran_armitage = unname(ca$statistic), cochran_armitage_p = ca$p.value)

out <- list(seed = 20261122, R = R.version.string, survival = as.character(packageVersion("survival")),
  cmprsk = as.character(packageVersion("cmprsk")), horizons = horizons, kaplan_meier = kaplan, incidence = incidence,
  log_rank = logrank, concordance = concord, cox = cox, trends = trends)
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE, pretty = TRUE), "survival.json")
