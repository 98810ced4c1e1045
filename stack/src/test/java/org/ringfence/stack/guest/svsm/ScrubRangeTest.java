package org.ringfence.stack.guest.svsm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.plain.Plain;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.stack.guest.svsm.window.ScrubRange;
import org.ringfence.stack.guest.svsm.window.ScrubReport;
import org.ringfence.stack.guest.svsm.window.Window;
import org.ringfence.stack.guest.svsm.window.WindowOperation.MapPages;

/** Scrubbing through temporary mappings: every page is zeroed, no page beside, and no step is larger than the cap. */
class ScrubRangeTest {
    private static final Actor MONITOR = new Actor(0, Principal.GUEST, "monitor");
    private static final int GIB = 1 << 18;

    /** A machine whose every frame holds a secret, and its report after a scrub. */
    private record Bed(Geometry geometry, Machine machine, Memory memory, State state) {
        static Bed of(Geometry geometry, Layout.Storage storage, int small, int large, boolean guard) {
            Layout.Placed<Machine> placed = Layout.of(
                    storage, geometry.frames(), geometry.smallPerLarge(), declaration -> {
                        Memory memory = Memory.declare(declaration, geometry, 0);
                        return Machine.of(memory, Plain.declare(declaration, memory, false, false),
                                Window.declare(declaration, geometry, small, large, guard));
                    });
            Bed bed = new Bed(
                    geometry, placed.machine(), placed.machine().part(Memory.class), placed.layout().newState());
            bed.machine.part(Plain.class).start(bed.state);
            for (int frame = 0; frame < geometry.frames(); frame++) {
                bed.memory.write(bed.state, frame, Value.DATA, 0);
            }
            return bed;
        }

        ScrubReport scrub(ScrubRange scrub, Random random) {
            return new DirectCpu(machine, MONITOR, state, random::nextInt) {
                @Override
                void asked(Operation<?> operation) {
                    if (operation instanceof MapPages(int page, int count, Level level)) {
                        assertThat(count * geometry.span(level)).isBetween(1, scrub.cap());
                        assertThat(level == Level.SIZE_2M && !geometry.isLargeAligned(page)).isFalse();
                    }
                }
            }.call(scrub);
        }

        int value(int page) {
            return memory.read(state, page, 0);
        }
    }

    /** 64 GiB, as COCONUT-SVSM's window maps it: 512 slots of 4K, 511 of 2M. */
    @Test
    @Tag("soak")
    void scrubbing64GiBEndsWithEveryPageZeroHoweverMappingsAreRefused() {
        int pages = 64 * GIB;
        Geometry geometry = new Geometry(pages, pages, 512);
        Bed bed = Bed.of(geometry, Layout.Storage.LARGE, Window.COCONUT_SMALL, Window.COCONUT_LARGE, false);
        int cap = 64 * 512;

        ScrubReport report = bed.scrub(new ScrubRange(geometry, 3, pages - 5, cap, true), new Random(64));

        for (int page = 0; page < pages; page++) {
            boolean inside = page >= 3 && page < pages - 2;
            if ((bed.value(page) == Value.ZERO.ordinal()) != inside) {
                throw new AssertionError("page " + page + " holds " + Value.values()[bed.value(page)]);
            }
        }
        assertThat(report.small() + 512 * report.large()).isEqualTo(pages - 5L);
        assertThat(report.largest()).isLessThanOrEqualTo(cap);
        assertThat(report).as("drawn with this seed").isEqualTo(new ScrubReport(803, 5627, 32757, 820, cap));
    }

    /** The same ladder over 1 GiB, which takes a second. */
    @Test
    void scrubbingAGiBUsesLargeMappingsWhereItCan() {
        Geometry geometry = new Geometry(GIB, GIB, 512);
        Bed bed = Bed.of(geometry, Layout.Storage.LARGE, Window.COCONUT_SMALL, Window.COCONUT_LARGE, false);

        ScrubReport report = bed.scrub(new ScrubRange(geometry, 3, GIB - 5, 8 * 512, false), new Random(1));

        assertThat(report).isEqualTo(new ScrubReport(1 + 64 + 1, 509 + 510, 510, 0, 8 * 512));
        for (int page = 0; page < GIB; page++) {
            if ((bed.value(page) == Value.ZERO.ordinal()) != (page >= 3 && page < GIB - 2)) {
                throw new AssertionError("page " + page);
            }
        }
    }

    @Property(tries = 450)
    void everyPageOfTheRangeAndNoOtherIsZeroed(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 40) int first,
            @ForAll @IntRange(min = 0, max = 60) int pages,
            @ForAll @IntRange(min = 1, max = 30) int cap,
            @ForAll boolean guard) {
        Random random = new Random(seed);
        int small = 1 << random.nextInt(4);
        Geometry geometry = new Geometry(104, 104, small);
        Bed bed = Bed.of(geometry, Layout.Storage.PACKED, 2 + random.nextInt(8), 2 + random.nextInt(3), guard);

        ScrubReport report = bed.scrub(new ScrubRange(geometry, first, pages, cap, random.nextBoolean()), random);

        for (int page = 0; page < geometry.pages(); page++) {
            boolean inside = page >= first && page < first + pages;
            assertThat(bed.value(page)).as("page %d", page)
                    .isEqualTo((inside ? Value.ZERO : Value.DATA).ordinal());
        }
        assertThat(report.small() + small * report.large()).isEqualTo(pages);
        assertThat(report.largest()).isLessThanOrEqualTo(cap);
        assertThat(report.steps()).isGreaterThanOrEqualTo((pages + cap - 1) / cap);
    }

    @Test
    void withoutAGuardTheWholeWindowIsOneMappingAndWithOneItIsNot() {
        Geometry geometry = new Geometry(8, 8, 1);
        assertThat(Bed.of(geometry, Layout.Storage.PACKED, 8, 0, false)
                .scrub(new ScrubRange(geometry, 0, 8, 8, false), new Random(0)))
                .isEqualTo(new ScrubReport(1, 8, 0, 0, 8));
        assertThat(Bed.of(geometry, Layout.Storage.PACKED, 8, 0, true)
                .scrub(new ScrubRange(geometry, 0, 8, 8, false), new Random(0)))
                .as("eight pages and a guard do not fit eight slots: twice four, each refused as eight once")
                .isEqualTo(new ScrubReport(2, 8, 0, 1, 4));
    }

    @Test
    void aCapOfNothingIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ScrubRange(new Geometry(1, 1, 1), 0, 1, 0, false));
    }
}
