package org.ringfence.cli.samples.machine;

import org.ringfence.cli.samples.stack.LooksUpFurther;

/** A machine that knows the software on it. */
public record LooksUp(LooksUpFurther above) {}
