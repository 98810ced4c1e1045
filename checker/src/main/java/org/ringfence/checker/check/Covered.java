package org.ringfence.checker.check;

/**
 * An operation that ended with a result somewhere in the states explored.
 *
 * @param operation its mnemonic, or {@code panic}
 * @param result as printed; the reason of a panic; empty for an untrusted principal's operations
 */
public record Covered(String operation, String result) {}
