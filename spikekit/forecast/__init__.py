"""Campaign → many drawn arrival curves: priors, response kernels, peaks, drivers. Pure: a seed in, arrays out."""
