package org.ringfence.cli.judge;

import org.ringfence.checker.check.Expectation;
import org.ringfence.cli.casefile.Position;

/**
 * An expectation and whether it came out.
 *
 * @param at where the case file states it
 */
public record Judged(Expectation expectation, Position at, Judgement judgement) {}
