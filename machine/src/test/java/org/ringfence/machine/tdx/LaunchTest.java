package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRelocate;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.machine.tdx.td.MapGpaAnswer;
import org.ringfence.machine.tdx.td.Mrtd;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/** What a launch measures, and that trust domains share frames and nothing else. */
class LaunchTest {

    private static long measured(Geometry geometry, String... steps) {
        Td td = Td.withModule(geometry, 1, TdOptions.of(Td.features()));
        State state = td.start();
        td.byHost(state, new TdhMngInit(0, TdParams.of(1)));
        for (String step : steps) {
            String[] parts = step.split(":", -1);
            long gpa = Long.parseLong(parts[1], 16);
            long code = td.byHost(
                    state,
                    parts[0].equals("add")
                            ? new TdhMemPageAdd(
                                    gpa,
                                    Level.SIZE_4K,
                                    new Frame(Integer.parseInt(parts[2])),
                                    new Frame(Integer.parseInt(parts[3])))
                            : parts[0].equals("store")
                                    ? new StoreUnderKeyId0(new Frame((int) gpa))
                                    : new TdhMrExtend(0, gpa));
            assertThat(code).as(step).isZero();
        }
        return td.tdx().control().measured().get(state);
    }

    private static final Geometry FOUR = new Geometry(4, 8, 1);

    @Test
    void theOrderAndTheAddressesOfPagesAreMeasured() {
        long one = measured(FOUR, "add:0:1:7", "add:1000:2:7");
        assertThat(measured(FOUR, "add:1000:2:7", "add:0:1:7")).isNotEqualTo(one);
        assertThat(measured(FOUR, "add:0:1:7", "add:2000:2:7")).isNotEqualTo(one);
        assertThat(measured(FOUR, "add:0:5:6", "add:1000:3:7")).as("wherever they lie").isEqualTo(one);
    }

    @Test
    void contentsAreMeasuredByExtendOnly() {
        long zero = measured(FOUR, "add:0:1:7");
        assertThat(measured(FOUR, "store:7", "add:0:1:7")).isEqualTo(zero);
        long extended = measured(FOUR, "add:0:1:7", "extend:100");
        assertThat(measured(FOUR, "store:7", "add:0:1:7", "extend:100")).isNotEqualTo(extended);
        assertThat(measured(FOUR, "add:0:1:7", "extend:200")).isNotEqualTo(extended);
    }

    @Test
    void aModuleThatMeasuresWhatTheHostWroteIsGone() {
        Td td = Td.withModule(FOUR, 1, TdOptions.of(Td.features()));
        State state = td.start();
        td.byHost(state, new TdhMngInit(0, TdParams.of(1)));
        assertThat(td.byHost(state, new TdhMemPageAdd(0, Level.SIZE_4K, new Frame(1), new Frame(7)))).isZero();
        td.byHost(state, new StoreUnderKeyId0(new Frame(1)));

        assertThat(td.byHost(state, new TdhMrExtend(0, 0x100))).isEqualTo(Outcome.EXITS);
        assertThat(td.module().seam().disabled().get(state)).isTrue();
    }

    @Test
    void theDigestIsThatOfTheBlocks() throws Exception {
        byte[] contents = new byte[256];
        Arrays.fill(contents, (byte) 0x5A);
        Mrtd mrtd = new Mrtd();
        mrtd.pageAdd(0x12_3000);
        mrtd.extend(0x12_3100, contents);

        byte[] blocks = new byte[128 + 128 + 256];
        System.arraycopy("MEM.PAGE.ADD".getBytes(StandardCharsets.US_ASCII), 0, blocks, 0, 12);
        System.arraycopy(HexFormat.of().parseHex("0030120000000000"), 0, blocks, 16, 8);
        System.arraycopy("MR.EXTEND".getBytes(StandardCharsets.US_ASCII), 0, blocks, 128, 9);
        System.arraycopy(HexFormat.of().parseHex("0031120000000000"), 0, blocks, 144, 8);
        System.arraycopy(contents, 0, blocks, 256, 256);
        assertThat(mrtd.digest()).isEqualTo(MessageDigest.getInstance("SHA-384").digest(blocks));
    }

    @Test
    void aFrameOfOneTdIsNoneOfAnothers() {
        Geometry geometry = new Geometry(2, 3, 1);
        Layout.Placed<Machine> placed = Layout.of(Layout.Storage.PACKED, 3, 1, declaration -> {
            Memory memory = Memory.declare(declaration, geometry, 2);
            Cpus cpus = Cpus.declare(declaration, 2, MapGpaAnswer.known());
            List<Tdx> tds = Tdx.declare(
                    declaration,
                    memory,
                    cpus,
                    List.of(1, 1),
                    TdOptions.of(Td.features(TdxFeature.TLB_TRACKING)),
                    Guards.allOn());
            return Machine.of(memory, cpus, tds.get(0), tds.get(1));
        });
        Machine machine = placed.machine();
        State state = placed.layout().newState();
        Actor host = new Actor(2, Principal.HOST, "host");
        Actor second = new Actor(1, Principal.GUEST, "second");

        assertThat(new TdhMemPageAug(0, 0, new Frame(1)).on(machine, host).take(state)).isZero();
        assertThat(new TdhMemPageAug(1, 0, new Frame(1)).on(machine, host).take(state))
                .isEqualTo(TdhMemPageAug.Result.TDX_PAGE_METADATA_INCORRECT_R8.ordinal());
        assertThat(new TdhMemPageAug(1, 0, new Frame(2)).on(machine, host).take(state)).isZero();
        assertThat(new TdgMemPageAccept(0).on(machine, second).take(state)).isZero();

        assertThat(machine.part(Memory.class).writtenUnder().get(state, 2)).as("the second TD's key").isEqualTo(2);
        assertThat(Tdx.of(machine, 0).state(state, 0, Level.SIZE_4K).name()).isEqualTo("PENDING");
        assertThat(Tdx.of(machine, 1).state(state, 0, Level.SIZE_4K).name()).isEqualTo("MAPPED");
    }

    @Test
    void aModuleThatConsumesPoisonTakesEveryTdWithIt() {
        Td td = Td.ofSeveral(new Geometry(1, 3, 1), List.of(1, 1), Td.features(TdxFeature.TABLES));
        State state = td.start();
        td.byHost(state, new TdhMemPageAug(0, 0, new Frame(0)));
        td.byGuest(state, new TdgMemPageAccept(0));
        td.byHost(state, new StoreUnderKeyId0(new Frame(0)));
        td.byHost(state, new TdhMemRangeBlock(0, 0));
        td.byHost(state, new TdhMemPageRelocate(0, 0, new Frame(2)));

        assertThat(td.tds()).allMatch(each -> each.isFatal(state));
        assertThat(td.byHost(state, new TdhMemPageAug(1, 0, new Frame(1))))
                .isEqualTo(TdhMemPageAug.Result.TDX_TD_FATAL.ordinal());
    }

    @Test
    void whatOneTdPutsAtAPageIsNotOwedToAnother() {
        Td td = Td.ofSeveral(new Geometry(1, 2, 1), List.of(1, 1), Td.features());
        State state = td.start();
        List<Ledger> owed = td.machine().parts(Ledger.class);
        for (int number = 0; number < 2; number++) {
            td.byHost(state, new TdhMemPageAug(number, 0, new Frame(number)));
            assertThat(new TdgMemPageAccept(0).on(td.machine(), td.vcpus().get(number)).take(state)).isZero();
            assertThat(owed.get(number).put().has(state, 0, Value.ZERO.ordinal())).isTrue();
        }

        td.byGuest(state, new Store(0, Value.DATA));
        new Load(0).on(td.machine(), td.vcpus().get(1)).take(state);

        assertThat(owed.getFirst().latest().get(state, 0)).isEqualTo(Value.DATA);
        assertThat(owed.getLast().latest().get(state, 0)).isEqualTo(Value.ZERO);
        assertThat(Property.FRESHNESS.isBrokenIn(state.observed())).isFalse();
        assertThat(Property.FRESHNESS.isExercisedIn(state.observed())).isTrue();
    }
}
