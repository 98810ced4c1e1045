package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.After;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.module.Seamcalls;
import org.ringfence.machine.tdx.module.TdmrLayout;
import org.ringfence.machine.tdx.module.WordMap;
import org.ringfence.machine.tdx.seamcall.TablesCall;
import org.ringfence.machine.tdx.seamcall.TdSeamcalls;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpEnterWithAnswer;
import org.ringfence.machine.tdx.sept.PageAttributes;
import org.ringfence.machine.tdx.sept.Sept;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.TdExitReason;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.Tdcalls;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/** SEAMCALLs and TDCALLs as registers, from the creation of a TD to the reclaim of its pages. */
class RawFormTest {
    private static final long PARAMS = 0x1000;

    /** TD_PARAMS of a TD with one vCPU, at their place. */
    private static WordMap words() {
        WordMap words = new WordMap();
        words.write(PARAMS, TdParams.SEPT_VE_DISABLE);
        words.write(PARAMS + 8, 3);
        words.write(PARAMS + 16, 1);
        words.write(PARAMS + 24, 6 | 3 << 3);
        words.write(PARAMS + 40, 40);
        words.write(2 * PARAMS, TdParams.SEPT_VE_DISABLE);
        return words;
    }

    private static Td td() {
        return Td.withModule(
                new Geometry(2, 12, 1), 1,
                TdOptions.of(Td.features(
                        TdxFeature.TLB_TRACKING, TdxFeature.SEPT_VE_DISABLE, TdxFeature.EXIT_DETAILS)));
    }

    /** A machine whose module is ready, without any TD. */
    private static State ready(Td td) {
        State state = td.layout().newState();
        td.tdx().start(state);
        td.module().bringUp(state, TdmrLayout.GOOD.tdmrs());
        return state;
    }

    private static Registers registers(String cell) {
        long[] all = new long[11];
        String[] words = cell.trim().split(" +", -1);
        for (int i = 0; i < words.length; i++) {
            all[i] = words[i].isEmpty() ? 0 : Long.parseUnsignedLong(words[i], 16);
        }
        return new Registers(
                all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9], all[10]);
    }

    @Test
    void aTdLivesByRegistersAlone() {
        Td td = td();
        State state = ready(td);
        Seamcalls raw = TdSeamcalls.of(words());
        Actor vcpu = td.vcpus().getFirst();

        for (String line : lines()) {
            String[] cells = line.split("\\|", -1);
            assertThat(cells).as(line).hasSize(5);
            Registers in = registers(cells[1]);
            String after = cells[2].trim();
            switch (cells[0].trim()) {
                case "host" -> expect(line, after, raw.seamcall(td.machine(), state, td.host(), in));
                case "vcpu" -> expect(line, after, Tdcalls.tdcall(td.machine(), state, vcpu, in));
                case "exit" -> expect(line, after, TdSeamcalls.exited(td.machine(), state, vcpu));
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    private static void expect(String line, String after, After found) {
        switch (found) {
            case After.Returned(Registers out) -> expect(line, after, out);
            case After.Left() -> assertThat(after).as(line).isEqualTo("left");
        }
    }

    private static void expect(String line, String after, Registers out) {
        long[] found = {
            out.rax(), out.rcx(), out.rdx(), out.r8(), out.r9(), out.r10(), out.r11(), out.r12(), out.r13()
        };
        String[] wanted = after.split(" +", -1);
        for (int i = 0; i < wanted.length; i++) {
            assertThat("%X".formatted(found[i]))
                    .as(line + " register " + i)
                    .isEqualTo("%X".formatted(Long.parseUnsignedLong(wanted[i], 16)));
        }
    }

    private static Registers returned(After found) {
        return switch (found) {
            case After.Returned(Registers out) -> out;
            case After.Left() -> throw new IllegalStateException("it left");
        };
    }

    private static List<String> lines() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RawFormTest.class.getResourceAsStream("raw.txt")), StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void parametersAreReadAsTheyLieInMemory() {
        TdParams read = TdParams.read(words(), PARAMS);
        assertThat(read).isEqualTo(TdParams.of(1));

        for (long reserved : List.of(0x10L, 0x28L, 0x30L, 0x48L, 0xE8L, 0xF8L)) {
            WordMap spoilt = words();
            spoilt.write(PARAMS + reserved, spoilt.read(PARAMS + reserved) | 1L << 63);
            assertThat(TdParams.read(spoilt, PARAMS).reserved()).as("at %X", reserved).isFalse();
        }
    }

    @Test
    void mapGpaIsAskedInRegistersAndAnsweredThere() {
        Td td = Td.of(new Geometry(2, 2, 1), 1, Td.features(TdxFeature.SHARED_PAGES, TdxFeature.EXIT_DETAILS));
        State state = td.start();
        Registers ask = new Registers(0, 0xFC00, 0, 0, 0, 0, 0x10001, 1L << 47 | 0x1000, 0x1000, 0, 0);

        assertThat(Tdcalls.tdcall(td.machine(), state, td.vcpus().getFirst(), ask))
                .isEqualTo(new After.Left());
        assertThat(td.tdx().vcpus().exitReason(state, 0)).isEqualTo(TdExitReason.MAP_GPA_SHARED);
        assertThat(td.tdx().vcpus().exitPage(state, 0)).isEqualTo(1);
        td.byHost(state, new TdhVpEnterWithAnswer(0, MapGpaAnswer.INVALID_OPERAND));

        assertThat(Tdcalls.tdcall(td.machine(), state, td.vcpus().getFirst(), ask))
                .isInstanceOfSatisfying(
                        After.Returned.class,
                        back -> assertThat(back.registers().r10()).isEqualTo(TdgVpVmcallMapGpa.INVALID_OPERAND));
    }

    /** Version 1 of TDH.MEM.SEPT.ADD, on a TD with two L2 VMs. Source: TDX module 1.5.01, tdh_mem_sept_add.c. */
    @Test
    void tablesOfL2VmsAreAddedBesideL1s() {
        Tables call = Tables.ofNewTd();
        call.init();
        long none = TablesCall.NULL_PA;

        assertThat(call.of(2, 0, 1, none)).as("L1's and VM 1's").isEqualTo(call.tells(0, none, none, none, none));
        assertThat(call.of(2, 2, none, none)).as("there already").isEqualTo(
                call.tells(0xC000_0B0D_0000_0001L, 7, 0x8402, call.page(2), none, none, none));
        assertThat(call.of(1, 2, 3, none)).as("one level down").isEqualTo(
                call.tells(0, none, none, none, none));
        assertThat(call.of(1, none, none, 4)).as("VM 2 has none above").isEqualTo(
                call.tells(0xC000_0B0F_0002_0002L, 1L << 63, 0x2_4002, none, none, call.page(4), none));
        assertThat(call.of(2, none, none, 4)).as("VM 2's alone").isEqualTo(call.tells(0, none, none, none, none));
        assertThat(call.of(1, none, none, 5)).isEqualTo(call.tells(0, none, none, none, none));
        assertThat(call.of(1, none, 6, none)).as("VM 1 has it").isEqualTo(
                call.tells(0xC000_0B10_0001_0001L, 0x407, 0x1_C401, none, call.page(6), none, none));
        assertThat(call.existing(1, 6, 7, none)).as("passed over").isEqualTo(call.tells(
                0, call.page(6) | TablesCall.UNUSED, call.page(7) | TablesCall.UNUSED, none, none));
        assertThat(call.children()).as("TDCS and six tables").isEqualTo(8 + 6);
        assertThat(call.td().tdx().sept().pd().l2Tables().frame(call.state(), 0, 2)).isEqualTo(5);
    }

    @Test
    void aPageForATableIsNamedOnceAndFree() {
        Tables call = Tables.ofNewTd();
        long none = TablesCall.NULL_PA;
        assertThat(call.of(2, 0, 1, none).rax()).isEqualTo(0xC000_0608_0000_0000L);
        call.init();

        assertThat(call.of(2, none, 1, none).rax()).as("L1 has none").isEqualTo(0xC000_0B0D_0000_0001L);
        assertThat(call.of(2, 0, 0, none).rax()).as("its lock is held").isEqualTo(0x8000_0200_0000_0009L);
        assertThat(call.of(2, 0, 23, none).rax()).as("the root page, which the leaf holds")
                .isEqualTo(0x8000_0200_0000_0009L);
        assertThat(call.of(2, 0, 1, none, 2).rax()).as("no VM 3").isEqualTo(0xC000_0100_0000_000BL);
        assertThat(call.raw(0x2_0003, 2, call.page(0), none, none, none, 0).rax()).as("version 2")
                .isEqualTo(0xC000_0100_0000_0000L);
        assertThat(call.of(0, 0, none, none).rax()).as("a level without tables").isEqualTo(0xC000_0100_0000_0001L);
        assertThat(call.children()).isEqualTo(8);
    }

    /**
     * TDH.MEM.PAGE.DEMOTE with pages for L2 VMs, and version 1 of TDH.MEM.PAGE.PROMOTE and TDH.MEM.SEPT.REMOVE, which
     * tells of those that come back.
     */
    @Test
    void tablesOfL2VmsComeAndGoWithAPage() {
        long none = TablesCall.NULL_PA;
        long unused = TablesCall.UNUSED;
        Tables call = Tables.ofNewTd();
        call.init();
        assertThat(call.of(2, 0, 1, none).rax()).isZero();
        assertThat(call.raw(6, 1, call.page(8), 0, 0, 0, 0).rax()).as("TDH.MEM.PAGE.AUG").isZero();

        assertThat(call.raw(0xF, 1, call.page(2), call.page(3), none, none, 1)).as("sparse, and not VM 1's")
                .isEqualTo(call.tells(0, call.page(2), call.page(3) | unused, none, none));
        assertThat(call.raw(0x1_0017, 1, 0, 0, 0, 0, 0)).as("TDH.MEM.PAGE.PROMOTE").isEqualTo(
                call.tells(0, call.page(2), 0, 0, none, none, none));
        assertThat(call.raw(0xF, 1, call.page(2), call.page(2), none, none, 0).rax()).as("one page twice")
                .isEqualTo(0x8000_0200_0000_0009L);
        assertThat(call.raw(0xF, 1, call.page(2), none, call.page(3), none, 0)).as("VM 2 has no table above")
                .isEqualTo(call.tells(
                        0xC000_0B0F_0002_0002L, 1L << 63, 0x2_4002, call.page(2), none, call.page(3), none));
        assertThat(call.raw(0xF, 1, call.page(2) | unused, none, none, none, 0).rax()).as("bit 63 of R8")
                .isEqualTo(0xC000_0100_0000_0008L);
        assertThat(call.raw(0xF, 1, none, none, none, none, 0).rax()).isEqualTo(0xC000_0100_0000_0008L);
        assertThat(call.raw(0xF, 1, call.page(2), call.page(3) | unused, none, none, 0)).isEqualTo(
                call.tells(0, call.page(2), call.page(3) | unused, none, none));
        assertThat(call.children()).as("TDCS, two tables, a page of two, two tables").isEqualTo(8 + 2 + 2 + 2);

        assertThat(call.raw(0x2_0017, 1, 0, 0, 0, 0, 0)).as("version 2").isEqualTo(
                call.tells(0xC000_0100_0000_0000L, 0, none, none, none));
        assertThat(call.raw(0x1_0017, 1, 0, 0, 0, 0, 2).rax()).as("RDX is no TDR").isEqualTo(0xC000_0100_0000_0002L);
        assertThat(call.raw(0x1_0017, 1, 0, 0, 0, 0, 0)).isEqualTo(
                call.tells(0, call.page(2), 0, 0, call.page(3), none, none));
        assertThat(call.raw(0xF, 1, call.page(2), call.page(3), none, none, 0).rax()).isZero();
        assertThat(call.raw(0x17, 1, 0, 0, 0, 0, 0)).as("version 0").isEqualTo(
                call.tells(0, call.page(2), 0, 0, 0, 0, 0));
        assertThat(call.raw(0x1D, 1, 0, 0, 0, 0, 0).rax()).as("TDH.MEM.PAGE.REMOVE").isZero();
        assertThat(call.raw(0x1_001E, 2, 0, 0, 0, 0, 0)).as("TDH.MEM.SEPT.REMOVE").isEqualTo(
                call.tells(0, call.page(0), 0, 0, call.page(1), none, none));
        assertThat(call.children()).isEqualTo(8);
    }

    @Test
    void aPageThatAnL2VmHasIsSplitForThatVmToo() {
        long none = TablesCall.NULL_PA;
        Tables call = Tables.ofNewTd();
        call.init();
        assertThat(call.of(2, 0, 1, none).rax()).isZero();
        assertThat(call.raw(6, 1, call.page(8), 0, 0, 0, 0).rax()).as("TDH.MEM.PAGE.AUG").isZero();
        Sept sept = call.td().tdx().sept();
        int permitted = PageAttributes.READ | PageAttributes.WRITE;
        sept.permit(call.state(), 0, 1, 1, permitted);

        assertThat(call.raw(0xF, 1, call.page(2), none, call.page(3), none, 0)).as("no page for VM 1").isEqualTo(
                call.tells(0xC000_0B12_0000_0009L, call.page(2), none, call.page(3), none));
        assertThat(call.raw(0xF, 1, call.page(2), call.page(3), call.page(4), none, 1)).as("VM 2 has not the page")
                .isEqualTo(call.tells(0, call.page(2), call.page(3), call.page(4) | TablesCall.UNUSED, none));
        assertThat(sept.pd().l2Tables().frame(call.state(), 0, 1)).isEqualTo(3);
        assertThat(sept.attributes(call.state(), 1, 0, 1)).as("of the second 4K page").isEqualTo(permitted);

        assertThat(call.raw(0x1_0017, 1, 0, 0, 0, 0, 0)).as("TDH.MEM.PAGE.PROMOTE").isEqualTo(
                call.tells(0, call.page(2), 0, 0, call.page(3), none, none));
        assertThat(sept.attributes(call.state(), 0, 1, 1)).isEqualTo(permitted);
    }

    /**
     * TD_PARAMS tell whether an access to a pending page is the guest's to handle, and the guest sees in its attributes
     * that they do.
     */
    @ParameterizedTest
    @ValueSource(longs = {0, TdParams.SEPT_VE_DISABLE, TdParams.DEBUG})
    void attributesAreThoseOfTheParameters(long attributes) {
        Td td = td();
        State state = td.start();
        TdParams one = TdParams.of(1);
        td.byHost(state, new TdhMngInit(0, new TdParams(
                attributes, one.xfam(), 1, 0, 0, one.eptpControls(), one.tscFrequency(), true)));
        td.tdx().control().op().set(state, OpState.RUNNABLE);
        td.tdx().vps().ready().set(state, 0, true);
        td.tdx().vcpus().enter(state, 0);
        td.byHost(state, new TdhMemPageAug(0, 0, new Frame(1)));
        Actor vcpu = td.vcpus().getFirst();

        assertThat(Tdcalls.tdcall(td.machine(), state, vcpu, Registers.of(1)))
                .isInstanceOfSatisfying(
                        After.Returned.class,
                        back -> assertThat(back.registers().rdx()).isEqualTo(attributes));
        boolean leaves = attributes == TdParams.SEPT_VE_DISABLE;
        assertThat(td.byGuest(state, new Load(0, Mapping.PRIVATE)))
                .isEqualTo(leaves ? Outcome.EXITS : Loaded.VIRTUALIZATION_EXCEPTION.ordinal());
    }

    /**
     * Another vCPU of a TD that consumed poison leaves as one of a TD that is dead, whatever makes it leave, and even
     * with an answer that it has not taken.
     */
    @ParameterizedTest
    @EnumSource(value = Cpus.Status.class, names = {"RUNNING", "ANSWERED"})
    void theOtherVcpusOfADeadTdLeaveAsSuch(Cpus.Status status) {
        Td td = Td.of(new Geometry(2, 4, 1), 2, Td.features(TdxFeature.EXIT_DETAILS));
        State state = td.start();
        td.byHost(state, new TdhMemPageAug(0, 0, new Frame(1)));
        td.byGuest(state, new TdgMemPageAccept(0));
        td.byHost(state, new StoreUnderKeyId0(new Frame(1)));
        td.tdx().vcpus().cpus().status().set(state, 1, status);
        assertThat(td.byGuest(state, new Load(0, Mapping.PRIVATE))).isEqualTo(Outcome.EXITS);

        assertThat(td.byHost(state, new KickVcpu(1))).isEqualTo(KickVcpu.Result.KICKED.ordinal());
        assertThat(TdSeamcalls.exited(td.machine(), state, td.vcpus().get(1)))
                .isEqualTo(Registers.of(0x6000_0005_0000_0001L));
        assertThat(td.byHost(state, new TdhVpEnter(1))).isEqualTo(TdhVpEnter.Result.TDX_TD_FATAL.ordinal());
    }

    /** Calls of TDH.MEM.SEPT.ADD, version 1, for the entry of GPA 0 of a TD with two L2 VMs; pages by their frames. */
    private record Tables(Td td, State state, long tdr) {
        /** Of a TD that is not initialised yet. */
        static Tables ofNewTd() {
            Td td = Td.withModule(
                    new Geometry(4, 16, 2),
                    1,
                    TdOptions.of(Td.features(TdxFeature.TABLES, TdxFeature.L2_TABLES)).keeping(3).withL2Vms(2));
            return new Tables(td, td.start(), td.module().map().hpa(td.tdx().geometry().frames() - 1));
        }

        void init() {
            TdParams one = TdParams.of(1);
            td.byHost(state, new TdhMngInit(0, new TdParams(
                    one.attributes(), one.xfam(), 1, 2, 0, one.eptpControls(), one.tscFrequency(), true)));
        }

        /** CHLDCNT of the TD. */
        int children() {
            return td.module().tdr().children().get(state, 0);
        }

        long page(long frame) {
            return frame < 0 ? frame : td.module().map().hpa((int) frame);
        }

        Registers of(int level, long r8, long r9, long r10) {
            return of(level, r8, r9, r10, TablesCall.NULL_PA);
        }

        Registers of(int level, long r8, long r9, long r10, long r11) {
            return raw(0x1_0003, level, page(r8), page(r9), page(r10), page(r11), 0);
        }

        Registers existing(int level, long r8, long r9, long r10) {
            return raw(0x1_0003, level, page(r8), page(r9), page(r10), TablesCall.NULL_PA, 1);
        }

        Registers raw(long rax, int level, long r8, long r9, long r10, long r11, int flags) {
            return returned(TdSeamcalls.of(words()).seamcall(
                    td.machine(), state, td.host(),
                    new Registers(rax, level, tdr | flags, r8, r9, r10, r11, 0, 0, 0, 0)));
        }

        /** RAX and R8 to R11. */
        Registers tells(long rax, long r8, long r9, long r10, long r11) {
            return tells(rax, 0, 0, r8, r9, r10, r11);
        }

        /** With RCX and RDX, which describe an entry. */
        Registers tells(long rax, long rcx, long rdx, long r8, long r9, long r10, long r11) {
            return new Registers(rax, rcx, rdx, r8, r9, r10, r11, 0, 0, 0, 0);
        }
    }

    @Test
    void whatIsNotBuiltSaysSo() {
        Td td = td();
        State state = ready(td);
        assertThatThrownBy(
                () -> TdSeamcalls.of(words()).seamcall(td.machine(), state, td.host(), Registers.of(0x0B)))
                .hasMessage("TDH.MNG.RD is not built");
        assertThatThrownBy(() -> Tdcalls.tdcall(td.machine(), state, td.vcpus().getFirst(), Registers.of(4)))
                .hasMessage("TDG.MR.REPORT is not built");
    }
}
