package org.ringfence.cli.samples.stack;

import org.ringfence.cli.samples.checker.LooksToTheTop;

/** Software that knows what checks it. */
public record LooksUpFurther(LooksToTheTop above) {}
