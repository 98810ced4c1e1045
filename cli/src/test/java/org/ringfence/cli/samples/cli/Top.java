package org.ringfence.cli.samples.cli;

import org.ringfence.cli.samples.bench.Measured;

/** Commands that know their benchmarks. */
public record Top(Measured above) {}
