package org.ringfence.platform.cost;

/**
 * One row of a {@link CostTable}.
 *
 * @param name an operation's mnemonic, with the page size where that matters, or another of the table's names
 * @param amount in {@code unit}
 * @param source where a published figure stands, or what an assumption rests on
 */
public record Cost(String name, double amount, CostUnit unit, Origin origin, String source) {

    /** Where a figure comes from. */
    public enum Origin {
        /** Somebody measured it and published it. */
        PUBLISHED("published"),
        /** Nobody did; it is of a plausible size. */
        ASSUMED("assumed");

        private final String printed;

        Origin(String printed) {
            this.printed = printed;
        }

        @Override
        public String toString() {
            return printed;
        }
    }

    /** The amount in seconds, bytes, or bytes a second. */
    double inBaseUnits() {
        return amount * unit.base();
    }
}
