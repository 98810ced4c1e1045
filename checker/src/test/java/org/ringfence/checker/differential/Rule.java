package org.ringfence.checker.differential;

import java.util.List;
import org.ringfence.machine.operation.Property;

/**
 * What an operation does to registers: looks at one, and the row of its value says what follows.
 *
 * @param reads the register looked at
 * @param writes the register written
 * @param rows by value of the register looked at
 */
record Rule(int reads, int writes, List<Row> rows) {
    Rule {
        rows = List.copyOf(rows);
    }

    /**
     * What follows.
     *
     * @param outcome a result's code, or a number of {@link org.ringfence.machine.operation.Outcome}
     * @param to the new value of the written register; negative to leave it
     * @param mark 0 for none, 1 where integrity is put to the test, 2 where it breaks, 3 where injectivity breaks
     */
    record Row(long outcome, int to, int mark) {}

    static long marks(int mark) {
        return switch (mark) {
            case 1 -> Property.INTEGRITY.exercised();
            case 2 -> Property.INTEGRITY.broken();
            case 3 -> Property.INJECTIVITY.broken();
            default -> 0;
        };
    }
}
