package org.ringfence.stack.guest.svsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.Snp;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.acceptance.BitmapOperation.MarkRange;
import org.ringfence.stack.guest.acceptance.BitmapOperation.TestAccepted;
import org.ringfence.stack.guest.svsm.window.Window;
import org.ringfence.stack.guest.svsm.window.WindowOperation;
import org.ringfence.stack.guest.svsm.window.WindowOperation.MapPages;
import org.ringfence.stack.guest.svsm.window.WindowOperation.Translate;
import org.ringfence.stack.guest.svsm.window.WindowOperation.UnmapPages;
import org.ringfence.stack.guest.svsm.window.WindowOperation.ZeroMapped;

/** Ranges of pages on SEV-SNP, physical and virtual, and the bitmap of valid pages. */
class RangesTest {
    private static final Actor MONITOR = new Actor(0, Principal.GUEST, "monitor");
    private static final Geometry GEOMETRY = new Geometry(12, 12, 4);

    private record Bed(Machine machine, Snp snp, Memory memory, State state, List<Operation<?>> asked) {
        /**
         * Twelve pages assigned and not valid, each 2M of them as {@code sizes} says, with the host's bytes in them.
         */
        static Bed of(Level... sizes) {
            Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 12, 4, declaration -> {
                Cpus cpus = Cpus.declare(declaration, 1, PageStateChange.KNOWN_ANSWERS);
                return Machine.of(cpus, Memory.declare(declaration, GEOMETRY, Snp.GUEST_KEY),
                        Snp.declare(declaration, GEOMETRY, RmpOptions.least(), cpus, 0),
                        AcceptanceBitmap.declare(declaration, GEOMETRY),
                        Window.declare(declaration, GEOMETRY, 4, 2, true));
            });
            Machine machine = placed.machine();
            Bed bed = new Bed(machine, machine.part(Snp.class), machine.part(Memory.class),
                    placed.layout().newState(), new ArrayList<>());
            for (int page = 0; page < 12; page++) {
                if (sizes[page / 4] == Level.SIZE_4K) {
                    bed.snp.launch(bed.state, page, page, Level.SIZE_4K, false);
                } else if (page % 4 == 0) {
                    bed.snp.launch(bed.state, page, page, Level.SIZE_2M, false);
                }
                bed.memory.write(bed.state, page, Value.HOST, Snp.GUEST_KEY);
            }
            return bed;
        }

        <V> V run(Routine<V> routine) {
            return cpu().call(routine);
        }

        <R> R ask(Operation<R> operation) {
            return cpu().ask(operation);
        }

        private DirectCpu cpu() {
            return new DirectCpu(machine, MONITOR, state, many -> 0) {
                @Override
                void asked(Operation<?> operation) {
                    asked.add(operation);
                }
            };
        }

        List<Integer> valid() {
            List<Integer> valid = new ArrayList<>();
            for (int page = 0; page < 12; page++) {
                if (snp.rmp().isValidated(state, page)) {
                    valid.add(page);
                    assertThat(memory.read(state, page, Snp.GUEST_KEY)).isEqualTo(Value.ZERO.ordinal());
                }
            }
            return valid;
        }

        List<Level> sizesAsked() {
            return asked.stream().filter(Pvalidate.class::isInstance).map(one -> ((Pvalidate) one).size()).toList();
        }
    }

    @Test
    void aRangeIsValidatedInTheLargestPagesThatFit() {
        Bed bed = Bed.of(Level.SIZE_4K, Level.SIZE_2M, Level.SIZE_4K);

        bed.run(new ChangeRange(SvsmPlatform.Kind.SNP, GEOMETRY, 2, 8, true, true));

        assertThat(bed.valid()).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(bed.sizesAsked()).containsExactly(
                Level.SIZE_4K, Level.SIZE_4K, Level.SIZE_2M, Level.SIZE_4K, Level.SIZE_4K);
        for (int page = 0; page < 12; page++) {
            assertThat(bed.ask(new TestAccepted(GEOMETRY.gpa(page)))).isEqualTo(page >= 2 && page < 10);
        }

        bed.run(new ChangeRange(SvsmPlatform.Kind.SNP, GEOMETRY, 2, 8, false, true));
        assertThat(bed.valid()).isEmpty();
        assertThat(bed.ask(new TestAccepted(GEOMETRY.gpa(4)))).isFalse();
    }

    @Test
    void aPageOf2MThatTheHostBacksWith4KIsTakenPageByPage() {
        Bed bed = Bed.of(Level.SIZE_4K, Level.SIZE_4K, Level.SIZE_4K);

        bed.run(new ChangeRange(SvsmPlatform.Kind.SNP, GEOMETRY, 4, 4, true, false));

        assertThat(bed.valid()).containsExactly(4, 5, 6, 7);
        assertThat(bed.sizesAsked()).hasSize(5).startsWith(Level.SIZE_2M);
        assertThat(bed.ask(new TestAccepted(GEOMETRY.gpa(4)))).as("it is not tracked").isFalse();
    }

    @Test
    void aPageThatIsValidAlreadyStopsTheMonitorInTheMiddleAndTheRestStaysAsItIs() {
        Bed bed = Bed.of(Level.SIZE_4K, Level.SIZE_4K, Level.SIZE_4K);
        bed.run(new ChangeRange(SvsmPlatform.Kind.SNP, GEOMETRY, 2, 1, true, false));

        assertThatExceptionOfType(Panic.class)
                .isThrownBy(() -> bed.run(new ChangeRange(SvsmPlatform.Kind.SNP, GEOMETRY, 1, 3, true, false)))
                .withMessageContaining("CF 1");

        assertThat(bed.valid()).containsExactly(1, 2);
    }

    @Test
    void aVirtualRangeIsWhatTheWindowMaps() {
        Bed bed = Bed.of(Level.SIZE_4K, Level.SIZE_2M, Level.SIZE_4K);
        long slot = bed.ask(new MapPages(9, 2, Level.SIZE_4K)) - 1;
        long large = bed.ask(new MapPages(4, 1, Level.SIZE_2M)) - 1;
        assertThat(bed.ask(new Translate((int) slot + 1, Level.SIZE_4K))).isEqualTo(10);

        bed.run(new ChangeMapped(SvsmPlatform.Kind.SNP, GEOMETRY, (int) slot, 2, Level.SIZE_4K, true));
        bed.run(new ChangeMapped(SvsmPlatform.Kind.SNP, GEOMETRY, (int) large, 1, Level.SIZE_2M, true));
        assertThat(bed.valid()).containsExactly(4, 5, 6, 7, 9, 10);

        bed.run(new ChangeMapped(SvsmPlatform.Kind.SNP, GEOMETRY, (int) large, 1, Level.SIZE_2M, false));
        assertThat(bed.valid()).containsExactly(9, 10);
    }

    @Test
    void aGuardTakesASlotAndMapsNothing() {
        Bed bed = Bed.of(Level.SIZE_4K, Level.SIZE_4K, Level.SIZE_4K);
        assertThat(bed.ask(new MapPages(0, 4, Level.SIZE_4K))).isEqualTo(WindowOperation.NO_MAPPING);
        assertThat(bed.ask(new MapPages(0, 2, Level.SIZE_4K))).isEqualTo(1);
        assertThat(bed.ask(new MapPages(2, 1, Level.SIZE_4K))).isEqualTo(WindowOperation.NO_MAPPING);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> bed.ask(new ZeroMapped(2, 0, Level.SIZE_4K)))
                .withMessage("slot 2 of 4K maps nothing");
        bed.ask(new UnmapPages(0, 2, Level.SIZE_4K));
        assertThat(bed.ask(new MapPages(2, 3, Level.SIZE_4K))).isEqualTo(1);
    }

    /** 4K of memory a bit: what it takes of the monitor's own, in pages of 4K. */
    @ParameterizedTest
    @CsvSource({"1, 1", "32768, 1", "32769, 2", "262144, 8", "16777216, 512", "268435456, 8192"})
    void theBitmapTakesA32768thOfWhatItCovers(long pages, long cost) {
        assertThat(AcceptanceBitmap.cost(pages)).isEqualTo(cost);
    }

    @Property(tries = 300)
    void marksOfRangesAreThoseOfTheirPages(@ForAll long seed) {
        Random random = new Random(seed);
        int pages = 1 + random.nextInt(300);
        Geometry geometry = new Geometry(pages, 1, 1);
        Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 1, 1, declaration -> Machine.of(
                Memory.declare(declaration, geometry, 0), AcceptanceBitmap.declare(declaration, geometry)));
        DirectCpu cpu = new DirectCpu(placed.machine(), MONITOR, placed.layout().newState(), many -> 0);
        BitSet expected = new BitSet();
        for (int i = 0; i < 20; i++) {
            int first = random.nextInt(pages + 1);
            int count = random.nextInt(pages - first + 1);
            boolean value = random.nextBoolean();
            cpu.ask(new MarkRange(first, count, value));
            expected.set(first, first + count, value);
        }
        for (int page = 0; page < pages; page++) {
            assertThat(cpu.ask(new TestAccepted(geometry.gpa(page)))).as("page %d", page)
                    .isEqualTo(expected.get(page));
        }
    }
}
