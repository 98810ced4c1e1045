package org.ringfence.cli.samples.bench;

/** Only there to be known. */
public record Measured() {}
