from __future__ import annotations

import numpy as np


def test_the_most_probable_traits_of_a_linear_model_are_the_posterior_mean(script):
    model = np.array([[1.0, 0.0], [1.0, 2.0], [0.0, 1.0]])
    seen = np.array([1.0, -1.0, 0.5])
    prior = script("heart_population").Normal(np.array([0.2, -0.3]), np.array([[2.0, 0.5], [0.5, 1.0]]))
    found = script("trait_fit").most_probable(lambda z: model @ z - seen, prior, n_steps=20)
    precision = np.linalg.inv(prior.covariance)
    posterior = np.linalg.solve(model.T @ model + precision, model.T @ seen + precision @ prior.mean)
    np.testing.assert_allclose(found, posterior, atol=1e-5)


def test_a_simulated_beat_is_fitted_better_than_by_the_average_heart(script):
    beats, simulated = script("aligned_beats"), script("simulated_beats")
    population = script("heart_population").packaged()
    traits = population.draw(np.random.default_rng(3), 1)[0]
    qrst = simulated.simulated_qrst(traits, rr_ms=900.0)
    beat = beats.RealBeat("p", normal=True, state=simulated.HEALTHY, rr_ms=900.0, qrst=qrst, p=None)
    average = simulated.simulated_qrst(population.mean, rr_ms=900.0)
    found = script("trait_fit").fitted(beat, population)
    assert found.error_mv < 0.5 * np.sqrt(np.mean((average - qrst) ** 2))
