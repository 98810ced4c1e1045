package org.ringfence.machine.tdx.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Completion;
import org.ringfence.machine.tdx.abi.TdxStatus;
import org.ringfence.machine.tdx.module.sys.TdhSysConfig;
import org.ringfence.machine.tdx.module.sys.TdhSysInit;
import org.ringfence.machine.tdx.module.sys.TdhSysLpInit;

/**
 * Layouts of TDMRs, drawn at random: the good ones are taken, and one with a defect ends with the defect's code, the
 * first in the order of checks.
 */
class TdmrLayoutsTest {
    private static final long GB = 1L << 30;
    private static final long PAGE = 0x1000;
    private static final long END = 64 * GB;

    private static final Layout.Placed<Machine> PLACED = Layout.of(Layout.Storage.PACKED, 4, 1, declaration -> {
        Geometry geometry = new Geometry(1, 4, 1);
        ModuleOptions options = new ModuleOptions(
                ModuleVersion.V1_5_01,
                List.of(0),
                new KeyIds(1, 2),
                List.of(new MemoryRange(0, 8 * GB), new MemoryRange(8 * GB, END - 8 * GB)),
                new MemoryRange(0, 0),
                6,
                6,
                ModuleOptions.ENTRIES_PER_BLOCK,
                1,
                1,
                0,
                List.of());
        Memory memory = Memory.declare(declaration, geometry, 3);
        return Machine.of(memory, TdxModule.declare(declaration, memory, AddressMap.flat(geometry), options));
    });

    private final TdxModule module = PLACED.machine().part(TdxModule.class);

    /** A defect of one TDMR, by the place of its check in the module's order. */
    @SuppressWarnings("ImmutableEnumChecker") // the functions keep no state
    enum Defect {
        SIZE_IS_NOT_WHOLE(t -> with(t, t.size() + PAGE, t.reserved()), TdxStatus.TDX_INVALID_TDMR, 0, false),
        AREA_IS_UNALIGNED(
                t -> with(t, t.size(), shifted(t.reserved(), 0x10)), TdxStatus.TDX_INVALID_RESERVED_IN_TDMR, 0, false),
        PAMT_1G_IS_TOO_SMALL(
                t -> pamts(t, t.pamt1gBase(), 0, t.pamt2mBase(), t.pamt4kBase()), TdxStatus.TDX_INVALID_PAMT, 2, false),
        PAMT_2M_IS_UNALIGNED(
                t -> pamts(t, t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase() + 8, t.pamt4kBase()),
                TdxStatus.TDX_INVALID_PAMT,
                1,
                false),
        PAMT_4K_HAS_A_KEYID(
                t -> pamts(t, t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt4kBase() | 1L << 51),
                TdxStatus.TDX_INVALID_PAMT,
                0,
                false),
        PAMT_4K_IS_IN_PAMT_2M(
                t -> pamts(t, t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt2mBase()),
                TdxStatus.TDX_PAMT_OVERLAP,
                0,
                true),
        PAMT_2M_IS_USABLE(
                t -> pamts(t, t.pamt1gBase(), t.pamt1gSize(), t.available().getFirst().base(), t.pamt4kBase()),
                TdxStatus.TDX_PAMT_OVERLAP,
                1,
                true),
        PAMT_1G_IS_NOT_CONVERTIBLE(
                t -> pamts(t, END + GB, t.pamt1gSize(), t.pamt2mBase(), t.pamt4kBase()),
                TdxStatus.TDX_PAMT_OUTSIDE_CMRS,
                2,
                false);

        private final UnaryOperator<TdmrInfo> makes;
        private final TdxStatus status;
        private final int second;
        private final boolean tellsOther;

        Defect(UnaryOperator<TdmrInfo> makes, TdxStatus status, int second, boolean tellsOther) {
            this.makes = makes;
            this.status = status;
            this.second = second;
            this.tellsOther = tellsOther;
        }

        long rax(int i) {
            return new Completion(status, i | second << 8 | (tellsOther ? i << 16 : 0)).rax();
        }

        /** Whether one leaves the other what it is. */
        boolean goesWith(Defect other) {
            return other != this
                    && !(name().contains("1G") && other.name().contains("1G"))
                    && !(name().contains("2M") && other.name().contains("2M"))
                    && !(name().contains("4K") && other.name().contains("4K"));
        }
    }

    private static TdmrInfo with(TdmrInfo t, long size, List<TdmrInfo.ReservedArea> reserved) {
        return new TdmrInfo(t.base(), size, t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt2mSize(),
                t.pamt4kBase(), t.pamt4kSize(), reserved);
    }

    private static TdmrInfo pamts(TdmrInfo t, long huge, long hugeSize, long large, long small) {
        return new TdmrInfo(t.base(), t.size(), huge, hugeSize, large, t.pamt2mSize(), small, t.pamt4kSize(),
                t.reserved());
    }

    private static List<TdmrInfo.ReservedArea> shifted(List<TdmrInfo.ReservedArea> areas, long by) {
        List<TdmrInfo.ReservedArea> all = new ArrayList<>(areas);
        all.set(0, new TdmrInfo.ReservedArea(areas.getFirst().offset() + by, areas.getFirst().size()));
        return all;
    }

    @Provide
    Arbitrary<List<TdmrInfo>> layouts() {
        return Combinators.combine(Arbitraries.integers().between(1, 6), Arbitraries.longs())
                .as((count, seed) -> draw(count, new Random(seed)));
    }

    /**
     * TDMRs from 4 GB on with gaps, each with one to six reserved areas and something usable; their PAMTs below in any
     * order.
     */
    private static List<TdmrInfo> draw(int count, Random random) {
        List<TdmrInfo> tdmrs = new ArrayList<>();
        long base = 4 * GB;
        long free = random.nextInt(16) * PAGE;
        for (int i = 0; i < count; i++) {
            base += random.nextInt(3) * GB;
            long size = (1 + random.nextInt(4)) * GB;
            long[] at = new long[3];
            long[] bytes = {size / GB * 16, size >> 21 << 4, size >> 12 << 4};
            int first = random.nextInt(3);
            for (int k = 0; k < 3; k++) {
                int which = (first + k) % 3;
                bytes[which] = (bytes[which] + PAGE - 1 & -PAGE) + random.nextInt(2) * PAGE;
                at[which] = free;
                free += bytes[which] + random.nextInt(3) * PAGE;
            }
            tdmrs.add(new TdmrInfo(base, size, at[0], bytes[0], at[1], bytes[1], at[2], bytes[2], areas(size, random)));
            base += size;
        }
        return tdmrs;
    }

    private static List<TdmrInfo.ReservedArea> areas(long size, Random random) {
        List<TdmrInfo.ReservedArea> areas = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        long share = size / count;
        for (int j = 0; j < count; j++) {
            long offset = j * share + random.nextInt(8) * PAGE & -PAGE;
            areas.add(new TdmrInfo.ReservedArea(offset, PAGE * (1 + random.nextInt(1000))));
        }
        return areas;
    }

    private State ready() {
        State state = PLACED.layout().newState();
        Actor cpu = new Actor(0, Principal.HOST, "CPU 0");
        new TdhSysInit(0).on(PLACED.machine(), cpu).take(state);
        new TdhSysLpInit().on(PLACED.machine(), cpu).take(state);
        return state;
    }

    private long configure(State state, List<TdmrInfo> tdmrs) {
        Actor cpu = new Actor(0, Principal.HOST, "CPU 0");
        return Completion.rax(TdhSysConfig.of(tdmrs, 2).on(PLACED.machine(), cpu).take(state));
    }

    @Property(tries = 300)
    void aGoodLayoutIsTakenAsItIs(@ForAll("layouts") List<TdmrInfo> tdmrs) {
        State state = ready();
        assertThat(configure(state, tdmrs)).isZero();
        assertThat(module.system().get(state)).isEqualTo(SystemState.SYSCONFIG_DONE);
        List<TdmrInfo> kept = module.tdmrs().all(state);
        assertThat(kept).hasSameSizeAs(tdmrs);
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i).words()[0]).isEqualTo(tdmrs.get(i).base());
            assertThat(kept.get(i).end()).isEqualTo(tdmrs.get(i).end());
            assertThat(kept.get(i).reserved()).isEqualTo(tdmrs.get(i).reserved());
            assertThat(kept.get(i).pamt4kBase()).isEqualTo(tdmrs.get(i).pamt4kBase());
            assertThat(kept.get(i).pamt2mBase()).isEqualTo(tdmrs.get(i).pamt2mBase());
            assertThat(kept.get(i).pamt1gBase()).isEqualTo(tdmrs.get(i).pamt1gBase());
        }
    }

    @Property(tries = 300)
    void oneDefectEndsWithItsCode(
            @ForAll("layouts") List<TdmrInfo> tdmrs, @ForAll Defect defect, @ForAll Random random) {
        int i = random.nextInt(tdmrs.size());
        List<TdmrInfo> bad = new ArrayList<>(tdmrs);
        bad.set(i, defect.makes.apply(bad.get(i)));
        State state = ready();
        assertThat(configure(state, bad)).as(defect + " of TDMR " + i).isEqualTo(defect.rax(i));
        assertThat(module.system().get(state)).isEqualTo(SystemState.SYSINIT_DONE);
        assertThat(configure(state, tdmrs)).as("after it, without the defect").isZero();
    }

    @Property(tries = 500)
    void ofTwoDefectsTheEarlierOneIsTold(
            @ForAll("layouts") List<TdmrInfo> tdmrs, @ForAll Defect one, @ForAll Defect other, @ForAll Random random) {
        if (!one.goesWith(other)) {
            return;
        }
        int i = random.nextInt(tdmrs.size());
        int j = random.nextInt(tdmrs.size());
        List<TdmrInfo> bad = new ArrayList<>(tdmrs);
        bad.set(i, one.makes.apply(bad.get(i)));
        bad.set(j, other.makes.apply(bad.get(j)));
        boolean oneFirst = i != j ? i < j : one.ordinal() < other.ordinal();
        assertThat(configure(ready(), bad))
                .as(one + " of TDMR " + i + ", " + other + " of TDMR " + j)
                .isEqualTo(oneFirst ? one.rax(i) : other.rax(j));
    }
}
