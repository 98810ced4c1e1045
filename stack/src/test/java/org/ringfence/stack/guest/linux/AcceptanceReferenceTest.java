package org.ringfence.stack.guest.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds the kernel's and the stub's arithmetic against a reference that looks at each unit by itself and asks whether
 * the range touches it, for random tables and ranges around their edges.
 */
class AcceptanceReferenceTest {
    private static final long SEED = 0x13;
    private static final int BRIEF = 50_000;
    private static final int LONG = 1_000_000;

    @Test
    void acceptCallsAndBitmapsAreThoseOfTheReference() {
        trials(BRIEF);
    }

    @Test
    @Tag("soak")
    void acceptCallsAndBitmapsAreThoseOfTheReferenceAMillionTimes() {
        trials(LONG);
    }

    private static void trials(int count) {
        Random random = new Random(SEED);
        int called = 0;
        int missed = 0;
        for (int i = 0; i < count; i++) {
            Trial trial = Trial.draw(random);
            called += trial.accept(true) + trial.accept(false);
            trial.stubAccept();
            trial.process();
            missed += trial.contains();
            trial.roundTrip();
        }
        assertThat(called).as("calls of the platform").isGreaterThan(count / 2);
        assertThat(missed).as("ranges whose last unit Linux misses").isGreaterThan(count / 1000);
    }

    /** One table and one range, with an answer of the reference to each question. */
    private record Trial(long unit, long base, int size, byte[] bits, long start, long length) {
        static Trial draw(Random random) {
            long unit = 0x1000L << random.nextInt(11);
            long base = random.nextInt(8) * unit;
            int size = random.nextInt(4);
            byte[] bits = new byte[size];
            random.nextBytes(bits);
            long span = base + (size * 8L + 6) * unit;
            long start = place(random, span, unit);
            long end = place(random, span, unit);
            return new Trial(unit, base, size, bits, Math.min(start, end), Math.abs(end - start));
        }

        private static long place(Random random, long span, long unit) {
            long at = random.nextLong(span);
            return random.nextBoolean() ? at - at % unit : at - at % 0x1000;
        }

        private UnacceptedTable table() {
            UnacceptedTable table = UnacceptedTable.empty(unit, base, size);
            for (int n = 0; n < size * 8; n++) {
                table.mark(new UnitRange(n, n + 1), isSet(n));
            }
            return table;
        }

        private boolean isSet(int n) {
            return (bits[n / 8] & 1 << n % 8) != 0;
        }

        private long end() {
            return start + length;
        }

        /** Whether a unit has a byte at or after {@code from} and one before {@code to}. */
        private boolean touches(int n, long from, long to) {
            long first = base + n * unit;
            return first + unit > from && first < to;
        }

        private long lookedAtTo(boolean guard) {
            return guard && end() % unit == 0 ? end() + unit : end();
        }

        /** What is left when each unit that is asked for is accepted, and the memory of these as runs. */
        private List<PhysicalRange> reference(boolean[] left, boolean guard) {
            List<PhysicalRange> calls = new ArrayList<>();
            boolean running = false;
            for (int n = 0; n < left.length; n++) {
                boolean taken = isSet(n) && end() >= base && touches(n, Math.max(start, base), lookedAtTo(guard));
                left[n] = isSet(n) && !taken;
                long first = base + n * unit;
                if (taken && running) {
                    calls.set(calls.size() - 1, new PhysicalRange(calls.getLast().start(), first + unit));
                } else if (taken) {
                    calls.add(new PhysicalRange(first, first + unit));
                }
                running = taken;
            }
            return calls;
        }

        private void hold(UnacceptedTable table, boolean[] left, List<PhysicalRange> calls, List<PhysicalRange> meant) {
            assertThat(calls).as(toString()).isEqualTo(meant);
            for (int n = 0; n < left.length; n++) {
                assertThat(table.isUnaccepted(n)).as("unit %d of %s", n, this).isEqualTo(left[n]);
            }
        }

        int accept(boolean guard) {
            UnacceptedTable table = table();
            List<PhysicalRange> calls = new ArrayList<>();
            new KernelAcceptance(Optional.of(table), calls::add, guard, Probe.FROM_START).accept(start, length);
            boolean[] left = new boolean[size * 8];
            hold(table, left, calls, reference(left, guard));
            return calls.size();
        }

        void stubAccept() {
            UnacceptedTable table = table();
            List<PhysicalRange> calls = new ArrayList<>();
            new EfiStub(table, calls::add).accept(new PhysicalRange(start, end()));
            boolean[] left = new boolean[size * 8];
            hold(table, left, calls, reference(left, false));
        }

        /** Every byte of the range is accepted or noted, none is both, and none outside is touched. */
        void process() {
            UnacceptedTable table = UnacceptedTable.empty(unit, base, size);
            List<PhysicalRange> calls = new ArrayList<>();
            new EfiStub(table, calls::add).process(new PhysicalRange(start, end()));
            long noted = 0;
            for (int n = 0; n < size * 8; n++) {
                long first = base + n * unit;
                boolean whole = first >= start && first + unit <= end() && length >= 2 * unit;
                assertThat(table.isUnaccepted(n)).as("unit %d of %s", n, this).isEqualTo(whole);
                noted += whole ? unit : 0;
            }
            long before = start;
            long taken = 0;
            for (PhysicalRange call : calls.stream().sorted((a, b) -> Long.compare(a.start(), b.start())).toList()) {
                assertThat(call.start()).as(toString()).isGreaterThanOrEqualTo(before);
                before = call.end();
                taken += call.size();
                for (int n = 0; n < size * 8; n++) {
                    assertThat(table.isUnaccepted(n) && touches(n, call.start(), call.end())).as(toString()).isFalse();
                }
            }
            assertThat(before).as(toString()).isLessThanOrEqualTo(end());
            assertThat(taken + noted).as(toString()).isEqualTo(length);
        }

        /** Whether Linux misses a unit that the range touches. */
        int contains() {
            UnacceptedTable table = table();
            Optional<UnacceptedTable> some = Optional.of(table);
            boolean linux = new KernelAcceptance(some, _ -> {}, true, Probe.FROM_START).contains(start, length);
            boolean every = new KernelAcceptance(some, _ -> {}, true, Probe.EVERY_UNIT).contains(start, length);
            long from = Math.max(start, base);
            boolean touched = !reference(new boolean[size * 8], true).isEmpty();
            boolean probed = false;
            for (int n = 0; n < size * 8 && end() >= base; n++) {
                boolean has = isSet(n) && touches(n, from, lookedAtTo(true));
                probed |= has && from < lookedAtTo(true) && base + n * unit + from % unit < lookedAtTo(true);
            }
            assertThat(every).as(toString()).isEqualTo(touched);
            assertThat(linux).as(toString()).isEqualTo(probed);
            return touched && !probed ? 1 : 0;
        }

        void roundTrip() {
            UnacceptedTable table = table();
            byte[] written = table.write();
            try {
                UnacceptedTable read = UnacceptedTable.read(written);
                assertThat(read.math()).isEqualTo(table.math());
                assertThat(read.write()).isEqualTo(written);
            } catch (TableRefused refused) {
                throw new AssertionError(toString(), refused);
            }
        }
    }
}
