package org.ringfence.checker.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Operation;

/**
 * An operation that ended with a result somewhere in the states explored.
 *
 * @param operation its mnemonic, or {@code panic}
 * @param result as printed; the reason of a panic; empty for an untrusted principal's operations
 */
public record Covered(String operation, String result) {

    /** What it covers that {@code software} goes on from point {@code from} with the result {@code code}. */
    static List<Covered> by(Software software, int from, long code) {
        Operation<?> operation = Objects.requireNonNull(software.operation(from));
        if (code == SoftwareMover.EXITED || code == SoftwareMover.CALLED) {
            return List.of(new Covered(
                    operation.mnemonic(), code == SoftwareMover.EXITED ? SoftwareMover.EXITS : SoftwareMover.CALLS));
        }
        List<Covered> covered = new ArrayList<>();
        covered.add(new Covered(operation.mnemonic(), operation.results().print(code)));
        int to = software.next(from, code);
        if (software.end(to) == Software.End.PANIC) {
            covered.add(new Covered("panic", software.reason(to)));
        }
        return covered;
    }

    /** What an untrusted principal's {@code operation} covers. */
    static Covered drawn(Operation<?> operation) {
        return new Covered(operation.mnemonic(), "");
    }
}
