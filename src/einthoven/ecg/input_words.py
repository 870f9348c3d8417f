"""What a model is fed, in words for people; ``docs`` and ``einthoven models show`` share them."""

from __future__ import annotations

from einthoven.ecg.input_spec import FilterSpec, IngestSpec, InputSpec, LongSpec, NormaliseSpec, ViewSpec

__all__ = ["input_in_words"]

_SCOPES = {
    "lead": "of each lead",
    "record": "of all leads together",
    "dataset": "fixed for each lead",
}


def input_in_words(spec: InputSpec) -> dict[str, str]:
    """Return one sentence each on leads, sampling, filter, window, amplitudes, and short and long records.

    Examples
    --------
    >>> words = input_in_words(InputSpec())
    >>> words["signal"], words["filter"]
    ('250 Hz, in mV', 'band-pass 0.67 to 40 Hz, order 3, zero phase')
    """
    ingest, view = spec.ingest, spec.view
    unit = "in mV" if ingest.unit == "mV" else "in any unit"
    return {
        "leads": f"{len(spec.leads)}: {' '.join(spec.leads)}",
        "signal": f"{ingest.rate_hz:g} Hz, {unit}" + (", linear interpolation" if ingest.resampler == "linear" else ""),
        "filter": _filter(ingest),
        "window": f"{view.window_s:g} s, {spec.window_samples} samples",
        "amplitudes": _amplitudes(view),
        "shorter": {"refuse": "refused", "pad_zero": "zeros behind", "pad_centre": "zeros on both sides"}[view.short],
        "longer": _longer(view.long, view),
    }


def _filter(ingest: IngestSpec) -> str:
    spec = ingest.filter
    steps = []
    if spec.kind != "none":
        steps.append(f"{_band(spec)}{_order(spec)}, zero phase")
    if spec.notch_hz is not None:
        notches = spec.notch_hz if isinstance(spec.notch_hz, tuple) else (spec.notch_hz,)
        steps.append(f"notch at {' and '.join(f'{notch:g}' for notch in notches)} Hz")
    if spec.median_s:
        widths = " then ".join(f"{width:g}" for width in spec.median_s)
        steps.append(f"less the running median over {widths} s")
    where = "; all after resampling" if steps and ingest.filter_at == "stored" else ""
    return ("; ".join(steps) or "none") + where


def _band(spec: FilterSpec) -> str:
    if spec.low_hz is None:
        return f"low-pass {spec.high_hz:g} Hz"
    if spec.high_hz is None:
        return f"high-pass {spec.low_hz:g} Hz"
    return f"band-pass {spec.low_hz:g} to {spec.high_hz:g} Hz"


def _order(spec: FilterSpec) -> str:
    if spec.kind == "fir":
        return f", FIR of {spec.length_s:g} s"
    lowpass = spec.lowpass_order
    return f", order {spec.order}" + (f" and {lowpass}" if lowpass is not None and lowpass != spec.order else "")


def _amplitudes(view: ViewSpec) -> str:
    clipped = f"clipped at {view.clip_mv:g} mV; " if view.clip_mv is not None else ""
    return clipped + _normalised(view.normalise)


def _normalised(spec: NormaliseSpec) -> str:
    if spec.method == "none":
        return "as they are"
    if spec.scope == "dataset" and len(spec.mean) == 1:
        return _by_fixed_values(spec.mean[0], spec.std[0])
    what = "z-score" if spec.method == "zscore" else f"minimum and maximum to {spec.low:g} and {spec.high:g}"
    stretch = ", over the whole record" if spec.extent == "record" else ""
    clipped = ", after clipping each lead at fixed bounds" if spec.lower else ""
    return f"{what} {_SCOPES[spec.scope]}{stretch}{clipped}"


def _by_fixed_values(mean: float, deviation: float) -> str:
    if mean == 0:
        return "as they are" if deviation == 1 else f"times {1 / deviation:g}"
    return f"less {mean:g}, then divided by {deviation:g}"


def _longer(long: LongSpec, view: ViewSpec) -> str:
    if long.windows > 1:
        apart = f" {long.stride_s:g} s apart" if long.stride_s else ""
        words = (
            f"up to {long.windows} windows{apart}, their {'maximum' if long.aggregate == 'max' else 'mean'} per label"
        )
        if long.max_labels:
            words += f" (maximum for {', '.join(long.max_labels)})"
        return words
    starts = ", ".join(f"{start:g}" for start in view.test_crops_s)
    if len(view.test_crops_s) == 1:
        return f"the window from {starts} s on"
    return f"windows from {starts} s on, their mean"
