package org.ringfence.cli.samples.checker;

import org.ringfence.cli.samples.stack.LooksUpFurther;

/** A checker that knows some software. */
public record KnowsSoftware(LooksUpFurther software) {}
