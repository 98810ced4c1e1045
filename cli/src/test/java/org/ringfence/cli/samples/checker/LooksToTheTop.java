package org.ringfence.cli.samples.checker;

import org.ringfence.cli.samples.cli.Top;

/** A checker that knows the commands. */
public record LooksToTheTop(Top above) {}
