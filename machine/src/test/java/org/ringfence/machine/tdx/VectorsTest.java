package org.ringfence.machine.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Accessed;
import org.ringfence.machine.memory.CacheOptions;
import org.ringfence.machine.memory.Evict;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.KeyIds;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.MemoryOptions;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.ModuleCall;
import org.ringfence.machine.tdx.abi.Outputs;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.adversary.L2Load;
import org.ringfence.machine.tdx.host.HoldEntryLock;
import org.ringfence.machine.tdx.host.HoldTdLock;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.LoadUnderKeyId0;
import org.ringfence.machine.tdx.host.RaiseInterrupt;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.module.HoldModuleLock;
import org.ringfence.machine.tdx.module.LifecycleState;
import org.ringfence.machine.tdx.module.ModuleLocks;
import org.ringfence.machine.tdx.module.PageSize;
import org.ringfence.machine.tdx.module.mng.TdhMngAddcx;
import org.ringfence.machine.tdx.module.mng.TdhMngCreate;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyConfig;
import org.ringfence.machine.tdx.module.mng.TdhMngKeyFreeid;
import org.ringfence.machine.tdx.module.mng.TdhMngVpflushdone;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemCacheWb;
import org.ringfence.machine.tdx.module.phymem.TdhPhymemPageReclaim;
import org.ringfence.machine.tdx.seamcall.TdSeamcalls;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPagePromote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRelocate;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhMngInit;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.machine.tdx.seamcall.TdhMrFinalize;
import org.ringfence.machine.tdx.seamcall.TdhVpAddcx;
import org.ringfence.machine.tdx.seamcall.TdhVpCreate;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.seamcall.TdhVpFlush;
import org.ringfence.machine.tdx.seamcall.TdhVpInit;
import org.ringfence.machine.tdx.sept.AddressWidth;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.Epochs;
import org.ringfence.machine.tdx.td.OpState;
import org.ringfence.machine.tdx.td.TdLocks;
import org.ringfence.machine.tdx.td.TdOptions;
import org.ringfence.machine.tdx.td.TdParams;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrRd;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpEnter;
import org.ringfence.machine.tdx.tdcall.TdgVpInfo;
import org.ringfence.machine.tdx.tdcall.TdgVpInvept;
import org.ringfence.machine.tdx.tdcall.TdgVpVeinfoGet;

/** The vectors of the fact sheet, with the numbers of the real thing. */
class VectorsTest {

    /** One row of the table. */
    record Vector(
            String number, String machine, String features, String before, String operation, String outcome,
            String after) {
        static Vector parse(String line) {
            String[] cells = line.split("\\|", -1);
            assertThat(cells).as(line).hasSize(8);
            String[] trimmed = Arrays.stream(cells).map(String::trim).toArray(String[]::new);
            assertThat(trimmed[7]).as("source of " + line).isNotEmpty();
            return new Vector(trimmed[0], trimmed[1], trimmed[2], trimmed[3], trimmed[4], trimmed[5], trimmed[6]);
        }

        int sheetNumber() {
            return Integer.parseInt(number.replaceAll("[a-z]$", ""));
        }

        Td td() {
            int[] sizes = Arrays.stream(machine.split("/", -1)).mapToInt(Integer::parseInt).toArray();
            Set<TdxFeature> chosen = EnumSet.noneOf(TdxFeature.class);
            MemoryOptions lines = MemoryOptions.plain(1);
            boolean module = false;
            boolean hasLines = features.contains("LINES");
            for (String word : features.split(",", -1)) {
                switch (word) {
                    case "-" -> {}
                    case "MODULE" -> module = true;
                    case "LINES" -> lines = lines();
                    case "ERRATUM" -> lines = lines().withPartialWriteErratum();
                    default -> chosen.add(TdxFeature.valueOf(word));
                }
            }
            TdOptions options = TdOptions.of(chosen);
            if (sizes.length > 3) {
                options = options.keeping(sizes[3]);
            }
            if (sizes.length > 4) {
                options = options.withL2Vms(sizes[4]);
            }
            if (sizes.length > 5 && sizes[5] == 52) {
                options = options.with(AddressWidth.BITS_52);
            }
            Geometry geometry = new Geometry(sizes[0], sizes[1], sizes[2]);
            return module
                    ? Td.withModule(geometry, 1, options,
                            hasLines ? linesOfModule() : MemoryOptions.plain(Td.KEY_IDS.last()))
                    : Td.of(Layout.Storage.PACKED, geometry, 1, options, lines);
        }

        /** Ci, with poison that sticks and a cache. */
        private static MemoryOptions lines() {
            return MemoryOptions.tdx(new KeyIds(0, 1)).withPoison().with(CacheOptions.everyLine(1));
        }

        /** The same where KeyIDs get new keys. */
        private static MemoryOptions linesOfModule() {
            return MemoryOptions.tdx(Td.KEY_IDS).withPoison().withKeyChanges(1).with(CacheOptions.everyLine(1));
        }

        /** Performs every step, and tells of each with its code. */
        void run(ObjLongConsumer<Operation<?>> seen) {
            Td td = td();
            State state = td.start();
            for (String step : Stream.concat(steps().stream(), Stream.of(operation)).toList()) {
                Ended ended = perform(td, state, step);
                if (!List.of("tdcx", "lifecycle", "opstate", "table").contains(step.split(":", -1)[0])) {
                    seen.accept(VectorsTest.operation(td, step), ended.code());
                }
            }
        }

        List<String> steps() {
            return before.equals("-") ? List.of() : List.of(before.split(" +"));
        }

        List<String> checks() {
            return after.equals("-") ? List.of() : List.of(after.split(" +"));
        }

        @Override
        public String toString() {
            return number + ": " + before + "; " + operation;
        }
    }

    static Stream<Vector> vectors() {
        return lines("vectors.txt").map(Vector::parse);
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void theModuleEndsAsTheSheetSays(Vector vector) {
        Td td = vector.td();
        State state = td.start();
        for (String step : vector.steps()) {
            perform(td, state, step);
        }

        Ended ended = perform(td, state, vector.operation());
        long code = ended.code();

        String[] expected = vector.outcome().split(" ", -1);
        switch (expected[0]) {
            case "done" -> {
                assertThat(code).as("outcome").isNotNegative();
                assertThat(ended.registers()).isEqualTo(registers(expected));
            }
            case "exit" -> {
                assertThat(code).as("outcome").isEqualTo(Outcome.EXITS);
                assertThat(TdSeamcalls.exited(td.machine(), state, td.vcpus().getFirst()))
                        .isEqualTo(registers(expected));
            }
            case "mc" -> assertThat(code).isEqualTo(Accessed.MACHINE_CHECK.ordinal());
            case "reads" -> assertThat(code).isEqualTo(Loaded.valueOf(expected[1]).ordinal());
            case "ve" -> assertThat(code).isEqualTo(Loaded.VIRTUALIZATION_EXCEPTION.ordinal());
            default -> throw new IllegalArgumentException(vector.outcome());
        }
        for (String check : vector.checks()) {
            assertThat(look(td, state, check.substring(0, check.indexOf('='))))
                    .as(check)
                    .isEqualTo(check.substring(check.indexOf('=') + 1));
        }
    }

    private static Registers registers(String[] expected) {
        long[] all = new long[11];
        for (int i = 1; i < expected.length; i++) {
            all[i - 1] = hex(expected[i]);
        }
        return new Registers(
                all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8], all[9], all[10]);
    }

    @Test
    void everyVectorOfTheSheetIsBuiltOrSaysWhyNot() {
        Set<Integer> sheet = new TreeSet<>();
        for (int[] range : new int[][] {
            {1, 1}, {3, 3}, {5, 5}, {7, 11}, {13, 17}, {19, 19}, {21, 34}, {36, 50}, {53, 57}, {59, 61}, {63, 75},
            {77, 78},
            {81, 84}, {86, 86}
        }) {
            IntStream.rangeClosed(range[0], range[1]).forEach(sheet::add);
        }
        Set<Integer> built = vectors().map(Vector::sheetNumber).collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> notBuilt = lines("not-built.txt")
                .flatMap(line -> Arrays.stream(line.substring(0, line.indexOf('|')).trim().split(" ", -1)))
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(built).doesNotContainAnyElementsOf(notBuilt);
        built.addAll(notBuilt);
        assertThat(built).containsExactlyElementsOf(sheet);
    }

    private static Stream<String> lines(String file) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(VectorsTest.class.getResourceAsStream(file), file), StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a step ended with, and what it left in registers. */
    record Ended(long code, Registers registers) {}

    private static Ended perform(Td td, State state, String step) {
        String[] parts = step.split(":", -1);
        if (parts[0].equals("tdcx")) {
            td.module().tdr().tdcx().set(state, 0, Integer.parseInt(parts[1]));
            return new Ended(0, Registers.of(0));
        }
        if (parts[0].equals("opstate")) {
            td.tdx().control().op().set(state, OpState.valueOf(parts[1]));
            return new Ended(0, Registers.of(0));
        }
        if (parts[0].equals("lifecycle")) {
            td.module().tdr().lifecycle().set(state, 0, LifecycleState.valueOf(parts[1]));
            return new Ended(0, Registers.of(0));
        }
        if (parts[0].equals("table")) {
            td.tdx().addSeptPage(state, Integer.parseInt(parts[1]));
            return new Ended(0, Registers.of(0));
        }
        Operation<?> operation = operation(td, step);
        Actor actor = isByGuest(parts[0]) ? td.vcpus().getFirst() : td.host().on(lp(parts));
        if (operation instanceof ModuleCall<?> call) {
            Outputs outputs = Outputs.zero();
            long code = call.leaf(td.machine(), actor).take(state, outputs);
            return new Ended(code, code < 0 ? Registers.of(0) : outputs.with(call.rax(code)));
        }
        long code = operation.on(td.machine(), actor).take(state);
        long rax = operation instanceof TdhVpEnter && code >= 0 ? TdhVpEnter.Result.values()[(int) code].rax() : code;
        return new Ended(code, Registers.of(rax));
    }

    /** Of steps that name it, the logical CPU from which the host calls; 0 for the others. */
    private static int lp(String[] parts) {
        return parts[0].equals("vpflush") || parts[0].equals("enteron") ? Integer.parseInt(parts[2]) : 0;
    }

    private static boolean isByGuest(String name) {
        return List.of(
                "accept", "acceptraw", "attr", "attrrd", "attrrdraw", "vpinfo", "veinfo", "enterl2", "invept", "load",
                "store").contains(name);
    }

    private static Operation<?> operation(Td td, String step) {
        String[] parts = step.split(":", -1);
        return switch (parts[0]) {
            case "aug" -> new TdhMemPageAug(gpa(td, parts), level(parts), frame(parts[3]));
            case "augraw" -> new TdhMemPageAug(0, hex(parts[1]), frame(parts[2]));
            case "block" -> new TdhMemRangeBlock(gpa(td, parts), level(parts));
            case "unblock" -> new TdhMemRangeUnblock(gpa(td, parts), level(parts));
            case "remove" -> new TdhMemPageRemove(gpa(td, parts), level(parts));
            case "septadd" -> new TdhMemSeptAdd(0, rcx(td, parts), frame(parts[3]));
            case "septrd" -> new TdhMemSeptRd(0, rcx(td, parts));
            case "septremove" -> new TdhMemSeptRemove(0, rcx(td, parts));
            case "demote" -> new TdhMemPageDemote(0, rcx(td, parts), frame(parts[3]));
            case "promote" -> new TdhMemPagePromote(0, rcx(td, parts));
            case "relocate" -> new TdhMemPageRelocate(0, rcx(td, parts), frame(parts[3]));
            case "pageadd" -> new TdhMemPageAdd(0, rcx(td, parts), frame(parts[3]), frame(parts[4]));
            case "mrextend" -> new TdhMrExtend(0, hex(parts[1]));
            case "finalize" -> new TdhMrFinalize(0);
            case "mnginit" -> new TdhMngInit(0, params(parts));
            case "vpcreate" -> new TdhVpCreate(0, Integer.parseInt(parts[1]), frame(parts[2]));
            case "vpaddcx" -> new TdhVpAddcx(0, Integer.parseInt(parts[1]), frame(parts[2]));
            case "vpinit" -> new TdhVpInit(0, Integer.parseInt(parts[1]));
            case "vpflush" -> new TdhVpFlush(0, Integer.parseInt(parts[1]));
            case "enteron" -> new TdhVpEnter(Integer.parseInt(parts[1]));
            case "holdpage" ->
                new HoldModuleLock(
                        ModuleLocks.Kind.PAGE, Integer.parseInt(parts[1]), ModuleLocks.Held.valueOf(parts[2]));
            case "create" -> new TdhMngCreate(hpa(td, parts[1]), Long.parseLong(parts[2]));
            case "keyconfig" -> new TdhMngKeyConfig(hpa(td, parts[1]));
            case "addcx" -> new TdhMngAddcx(hpa(td, parts[1]), hpa(td, parts[2]));
            case "vpflushdone" -> new TdhMngVpflushdone(hpa(td, parts[1]));
            case "cachewb" -> new TdhPhymemCacheWb(0);
            case "freeid" -> new TdhMngKeyFreeid(hpa(td, parts[1]));
            case "reclaim" -> new TdhPhymemPageReclaim(hpa(td, parts[1]));
            case "hold" -> new HoldTdLock(TdLocks.Kind.valueOf(parts[1]), ModuleLocks.Held.valueOf(parts[2]));
            case "lockguest" -> new HoldEntryLock(gpa(td, parts), level(parts), SeptTable.Lock.GUEST);
            case "unlock" -> new HoldEntryLock(gpa(td, parts), level(parts), false);
            case "track" -> new TdhMemTrack();
            case "kick" -> new KickVcpu(Integer.parseInt(parts[1]));
            case "enter" -> new TdhVpEnter(Integer.parseInt(parts[1]));
            case "interrupt" -> new RaiseInterrupt(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
            case "lock" -> new HoldEntryLock(gpa(td, parts), level(parts), true);
            case "hoststore" -> new StoreUnderKeyId0(frame(parts[1]));
            case "linestore" -> onLine(LineInstruction.STORE, parts);
            case "lineload" -> onLine(LineInstruction.LOAD, parts);
            case "movdir64b" -> onLine(LineInstruction.MOVDIR64B, parts);
            case "movnti" -> onLine(LineInstruction.MOVNTI, parts);
            case "evict" -> new Evict(frame(parts[1]), 0, Integer.parseInt(parts[2]));
            case "hostload" -> new LoadUnderKeyId0(frame(parts[1]));
            case "accept" -> new TdgMemPageAccept(gpa(td, parts), level(parts));
            case "acceptraw" -> new TdgMemPageAccept(hex(parts[1]));
            case "attr" -> new TdgMemPageAttrWr(hex(parts[1]), hex(parts[2]), hex(parts[3]));
            case "attrrd" -> new TdgMemPageAttrRd(gpa(td, parts));
            case "attrrdraw" -> new TdgMemPageAttrRd(hex(parts[1]));
            case "vpinfo" -> new TdgVpInfo();
            case "veinfo" -> new TdgVpVeinfoGet(td.tdx().geometry());
            case "enterl2" -> new TdgVpEnter(Integer.parseInt(parts[1]));
            case "invept" -> new TdgVpInvept(hex(parts[1]));
            case "load" -> new Load(gpa(td, parts));
            case "store" -> new Store(gpa(td, parts), Value.DATA);
            default -> throw new IllegalArgumentException("no operation " + step);
        };
    }

    /** The address of a frame of the module's. */
    private static long hpa(Td td, String frame) {
        return td.module().map().hpa(Integer.parseInt(frame));
    }

    private static OnLine onLine(LineInstruction instruction, String[] parts) {
        return new OnLine(instruction, frame(parts[1]), 0, Value.HOST);
    }

    private static String look(Td td, State state, String what) {
        Tdx tdx = td.tdx();
        String[] parts = what.split(":", -1);
        return switch (parts[0]) {
            case "state" -> tdx.state(state, page(parts), level(parts)).name();
            case "raw" -> "%016X".formatted(tdx.sept().word(state, page(parts), level(parts).ordinal()).raw());
            case "frame" ->
                Integer.toString(tdx.sept().frame(state, page(parts), level(parts).ordinal()));
            case "value" -> td.machine().part(Memory.class).value().get(state, page(parts)).name();
            case "key" -> Integer.toString(td.machine().part(Memory.class).writtenUnder().get(state, page(parts)));
            case "counter" -> Integer.toString(tdx.sept().pd().accepted().get(state, page(parts)));
            case "age" -> Integer.toString(Epochs.CURRENT - tdx.sept().pt().age().get(state, page(parts)));
            case "free" -> tdx.isFree(state, page(parts), 1) ? "yes" : "no";
            case "opstate" -> tdx.control().opState(state).name();
            case "children" -> Integer.toString(td.module().tdr().children().get(state, 0));
            case "type" -> td.module().pamt().type(state, page(parts), PageSize.PT_4KB).name();
            case "measured" -> tdx.control().measured().get(state) != 0 ? "yes" : "no";
            case "lp" -> Integer.toString(tdx.vps().cpu(state, page(parts)));
            case "kept" -> Integer.toString(tdx.translations().tlbs().frame(state, 0, 0, page(parts)));
            case "refcount" -> Integer.toString(tdx.epochs().refcount(state, parts[1].equals("previous")));
            case "waits" -> tdx.sept().pt().hostPriority().get(state, page(parts)) != 0 ? "yes" : "no";
            case "fatal" -> tdx.isFatal(state) ? "yes" : "no";
            case "status" -> tdx.vcpus().cpus().status().get(state, page(parts)).name();
            case "alias" -> tdx.access().l2Access(state, page(parts)).name();
            case "granted" -> {
                long code = new L2Load(tdx.geometry().gpa(page(parts))).on(td.machine(), td.l2()).take(state);
                assertThat(tdx.access().isGranted(state, page(parts), 1)).isEqualTo(code >= 0);
                yield code >= 0 ? "yes" : "no";
            }
            case "hostreads" -> Value.values()[tdx.access().readShared(state, page(parts))].name();
            case "poison" -> td.machine().part(Memory.class).isPoisoned(state, page(parts), 0) ? "yes" : "no";
            default -> throw new IllegalArgumentException("nothing to look at: " + what);
        };
    }

    private static long rcx(Td td, String[] parts) {
        int level = List.of("4K", "2M", "1G", "512G", "256T").indexOf(parts[2]);
        return SeptOperand.rcx(gpa(td, parts), level);
    }

    /** TD_PARAMS with one field changed: its name and value. */
    private static TdParams params(String[] parts) {
        TdParams good = TdParams.of(1);
        if (parts.length == 1) {
            return good;
        }
        long value = hex(parts[2]);
        return switch (parts[1]) {
            case "attributes" -> new TdParams(
                    value, good.xfam(), 1, 0, 0, good.eptpControls(), good.tscFrequency(), true);
            case "xfam" -> new TdParams(
                    good.attributes(), value, 1, 0, 0, good.eptpControls(), good.tscFrequency(), true);
            case "maxvcpus" -> TdParams.of((int) value);
            case "l2vms" -> new TdParams(
                    good.attributes(),
                    good.xfam(),
                    1,
                    (int) value,
                    0,
                    good.eptpControls(),
                    good.tscFrequency(),
                    true);
            case "flags" -> new TdParams(
                    good.attributes(), good.xfam(), 1, 0, value, good.eptpControls(), good.tscFrequency(), true);
            case "eptp" -> new TdParams(good.attributes(), good.xfam(), 1, 0, 0, value, good.tscFrequency(), true);
            case "tsc" -> new TdParams(
                    good.attributes(), good.xfam(), 1, 0, 0, good.eptpControls(), (int) value, true);
            case "reserved" -> new TdParams(
                    good.attributes(), good.xfam(), 1, 0, 0, good.eptpControls(), good.tscFrequency(), false);
            default -> throw new IllegalArgumentException("no field " + parts[1]);
        };
    }

    private static int page(String[] parts) {
        return Integer.parseInt(parts[1]);
    }

    private static long gpa(Td td, String[] parts) {
        return td.tdx().geometry().gpa(page(parts));
    }

    private static Level level(String[] parts) {
        return parts[2].equals("2M") ? Level.SIZE_2M : Level.SIZE_4K;
    }

    private static Frame frame(String index) {
        return new Frame(Integer.parseInt(index));
    }

    private static long hex(String digits) {
        return Long.parseUnsignedLong(digits, 16);
    }
}
