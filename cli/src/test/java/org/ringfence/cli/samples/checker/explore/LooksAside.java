package org.ringfence.cli.samples.checker.explore;

import org.ringfence.cli.samples.machine.LooksUp;

/** An exploration that knows a part of the machine other than its state and operations. */
public record LooksAside(LooksUp aside) {}
