package org.ringfence.machine.snp;

import java.util.Arrays;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Loaded;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.HostStored;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.Wbinvd;
import org.ringfence.machine.sev.firmware.SevCommand;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.HostCopy;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.Metadata;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.snp.firmware.SwapType;
import org.ringfence.machine.snp.psc.PageStateChange.Target;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.snp.psc.PscEntry;
import org.ringfence.machine.snp.psc.PscMsr;
import org.ringfence.machine.snp.psc.PscRequest;
import org.ringfence.machine.snp.rmp.PageState;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.PsmashResult;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.RmpFeature;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.RmpadjustResult;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.snp.rmp.RmpupdateResult;
import org.ringfence.machine.state.State;

/** Performs the steps of the vectors on a machine with 512 small pages to a large one, at the sheet's addresses. */
final class VectorBench {
    private static final long S = 0x4000_0000L;
    private static final long G = 0x20_0000L;
    private static final int ASID = 5;

    final SnpMachine machine = SnpMachine.of(
            new Geometry(1536, 1024, 512),
            RmpOptions.least()
                    .withAsids(7, ASID)
                    .with(RmpFeature.FIRMWARE)
                    .withVmpl(1)
                    .withVmpl(2)
                    .withVmpl(3),
            PscEntry.MOST);
    final State state = machine.newState();

    /** What the last step showed: by the names that the data file uses in its column "then". */
    Map<String, String> shown = Map.of();

    RawRmpEntry decoded = new RawRmpEntry(0, 0);

    void repeat(Vector vector) {
        prepare(vector);
        perform(vector.when());
    }

    void prepare(Vector vector) {
        for (String step : vector.given()) {
            if (step.startsWith("#")) {
                repeat(find(step.substring(1)));
            } else {
                perform(step);
            }
        }
    }

    private static Vector find(String id) {
        return Stream.concat(Vector.all().stream(), Vector.ofFirmware().stream())
                .filter(vector -> vector.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no vector #" + id));
    }

    void perform(String step) {
        String[] words = step.split(" +", -1);
        Map<String, String> with = Arrays.stream(words)
                .skip(1)
                .map(word -> word.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        machine.parts().cpus().resume(state, 0);
        shown = switch (words[0]) {
            case "rmpupdate" -> rmpupdate(new Rmpupdate(
                    frame(with), true, gpa(with), size(with), number(with, "asid", ASID),
                    with.getOrDefault("imm", "0").equals("1")));
            case "release" -> rmpupdate(Rmpupdate.release(frame(with), size(with)));
            case "psmash" -> eax(PsmashResult.values()[(int) machine.ask(
                    state, SnpMachine.HOST, new Psmash(frame(with)))]
                    .eax());
            case "map" -> {
                machine.ask(state, SnpMachine.HOST, new MapNestedPage(gpa(with), frame(with), size(with)));
                yield Map.of();
            }
            case "pvalidate" -> pvalidate(with);
            case "rmpadjust" -> rmpadjust(with);
            case "load" -> guestAccess(
                    machine.ask(state, SnpMachine.GUEST, new Load(gpa(with), mapping(with))),
                    Loaded.PAGE_NOT_VALIDATED.ordinal(),
                    Loaded.class);
            case "store" -> guestAccess(
                    machine.ask(state, SnpMachine.GUEST, new Store(gpa(with), mapping(with), Value.DATA)),
                    Stored.PAGE_NOT_VALIDATED.ordinal(),
                    Stored.class);
            case "hoststore" -> machine.ask(
                    state, SnpMachine.HOST, new HostStore(frame(with), Value.HOST, level(with, "mapping")))
                    == HostStored.STORED.ordinal()
                            ? Map.of("value", "stored")
                            : Map.of("fault", "#PF " + Long.numberOfTrailingZeros(HostStored.ERROR_CODE));
            case "hostload" -> {
                machine.ask(state, SnpMachine.HOST, new HostLoad(frame(with)));
                int value = machine.memory().read(state, frame(with).index(), 0);
                yield Map.of("value", value == Memory.JUNK ? "ciphertext" : Value.values()[value].name());
            }
            case "decode" -> {
                decoded = new RawRmpEntry(Long.parseUnsignedLong(text(with, "q1").substring(2), 16), 0);
                yield Map.of(
                        "decoded", PageState.decode(decoded).toString(),
                        "lock", decoded.lock() ? "1" : "0",
                        "subpages", Integer.toString(decoded.subpageCount()));
            }
            case "pscmsr" -> Map.of(
                    "bits", hex(PscMsr.request(gpa(with), target(with))), "response", hex(PscMsr.response(0)));
            case "pscentry" -> bits(PscEntry.of(gpa(with), target(with), size(with)).bits());
            case "pscheader" ->
                bits(PscEntry.headerFault(PscEntry.header(number(with, "first"), number(with, "last"))));
            case "pscfault" -> bits(PscEntry.of(gpa(with), Target.PRIVATE, size(with)).fault());
            case "pscwrite" -> {
                machine.ask(
                        state,
                        SnpMachine.GUEST,
                        PscRequest.WriteEntry.raw(
                                number(with, "entry"),
                                new PscEntry(Long.decode(text(with, "bits")))));
                yield Map.of();
            }
            case "pscserve" -> served(number(with, "first"), number(with, "last"));
            case "wbinvd" -> {
                for (int core = 0; core < machine.firmware().asids().cores(); core++) {
                    machine.ask(state, SnpMachine.HOST, new Wbinvd(core));
                }
                yield Map.of();
            }
            case "snpinit" -> {
                machine.ask(state, SnpMachine.HOST, new ConfigureSnp(true, false));
                yield status(new SnpCommand.OfPlatform(PlatformCommand.SNP_INIT));
            }
            case "shutdown" -> status(new SnpCommand.OfPlatform(
                    number(with, "iommu") == 1 ? PlatformCommand.SNP_SHUTDOWN_EX : PlatformCommand.SNP_SHUTDOWN));
            case "configure" -> {
                machine.ask(
                        state,
                        SnpMachine.HOST,
                        new ConfigureSnp(number(with, "snp") == 1, number(with, "hsave") == 1));
                yield Map.of();
            }
            case "init" -> status(new SnpCommand.OfPlatform(PlatformCommand.SNP_INIT));
            case "sevinit" -> {
                machine.ask(
                        state,
                        SnpMachine.HOST,
                        new SevCommand.OfPlatform(SevCommand.OfPlatform.PlatformCommand.INIT));
                yield Map.of();
            }
            case "mdinit" -> status(new SnpCommand.MdInit(context(with), frame(with)));
            case "setstate" -> status(new SnpCommand.PageSetState(frame(with), number(with, "count")));
            case "swapout" -> status(new SnpCommand.SwapOut(
                    context(with),
                    frame(with),
                    new Frame(frameAt(text(with, "to"))),
                    metadata(with),
                    size(with),
                    SwapType.valueOf(text(with, "type"))));
            case "swapin" -> status(new SnpCommand.SwapIn(
                    context(with),
                    frame(with),
                    new Frame(frameAt(text(with, "to"))),
                    metadata(with),
                    size(with),
                    SwapType.valueOf(text(with, "type")),
                    number(with, "inplace") == 1));
            case "copy" -> machine.ask(
                    state, SnpMachine.HOST, new HostCopy(frame(with), new Frame(frameAt(text(with, "to")))))
                    == HostStored.STORED.ordinal()
                            ? Map.of("value", "stored")
                            : Map.of("fault", "#PF " + Long.numberOfTrailingZeros(HostStored.ERROR_CODE));
            case "plain" -> {
                machine.memory().write(state, frame(with).index(), Value.valueOf(text(with, "value")), 0);
                yield Map.of();
            }
            case "dfflush" -> status(new SnpCommand.OfPlatform(PlatformCommand.SNP_DF_FLUSH));
            case "firmwarepage" -> rmpupdate(new Rmpupdate(frame(with), true, 0, size(with), 0, true));
            case "gctxcreate" -> status(new SnpCommand.OfGuest(OfGuest.GuestCommand.SNP_GCTX_CREATE, frame(with)));
            case "launchstart" ->
                status(new SnpCommand.LaunchStart(
                        frame(with),
                        Long.decode(with.getOrDefault("policy", "0x20000"))));
            case "launchfinish" -> status(new SnpCommand.OfGuest(OfGuest.GuestCommand.SNP_LAUNCH_FINISH, frame(with)));
            case "decommission" -> status(new SnpCommand.OfGuest(OfGuest.GuestCommand.SNP_DECOMMISSION, frame(with)));
            case "activate" -> status(new SnpCommand.Activate(frame(with), number(with, "asid")));
            case "launchupdate" -> status(new SnpCommand.LaunchUpdate(
                    context(with),
                    frame(with),
                    size(with),
                    PageType.valueOf(text(with, "type")),
                    number(with, "masks")));
            case "reclaim" -> status(new SnpCommand.PageReclaim(frame(with), size(with)));
            case "pagemove" -> status(new SnpCommand.PageMove(
                    context(with),
                    frame(with),
                    new Frame(frameAt(text(with, "to"))),
                    size(with)));
            case "unsmash" -> status(new SnpCommand.PageUnsmash(frame(with)));
            case "preguests" -> {
                for (int i = 0; i < 512; i++) {
                    rmpupdate(new Rmpupdate(
                            new Frame(frame(with).index() + i),
                            true,
                            gpa(with) + i * Geometry.SMALL,
                            Level.SIZE_4K,
                            ASID,
                            true));
                }
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("no such step: " + step);
        };
    }

    /**
     * The guest asks for entries {@code first} to {@code last}; the host serves what they ask as KVM does, with frames
     * from S on.
     */
    private Map<String, String> served(int first, int last) {
        PscBuffers buffers = machine.parts().buffers().orElseThrow();
        machine.ask(state, SnpMachine.GUEST, new PscRequest.WriteHeader(first, last));
        while (true) {
            PscBuffers.Work work = buffers.next(state, 0, PscBuffers.Bound.REAL);
            Frame frame = new Frame(buffers.pageOf(state, 0));
            switch (work) {
                case NOTHING, INVALID_SCRATCH, INVALID_HEADER, INVALID_ENTRY -> {
                    return Map.of(
                            "bits", hex(work.exitInfo2()),
                            "header", hex(buffers.header(state, 0)),
                            "entry0", hex(buffers.entry(state, 0, 0).bits()),
                            "entry1", hex(buffers.entry(state, 0, 1).bits()));
                }
                case IGNORED -> {
                    // counts as done
                }
                case PRIVATE_4K -> assign(frame, Level.SIZE_4K);
                case PRIVATE_2M -> assign(frame, Level.SIZE_2M);
                case SHARED_4K -> rmpupdate(Rmpupdate.release(frame, Level.SIZE_4K));
                case SHARED_2M -> rmpupdate(Rmpupdate.release(frame, Level.SIZE_2M));
            }
            buffers.complete(state, 0);
        }
    }

    private void assign(Frame frame, Level size) {
        rmpupdate(new Rmpupdate(frame, true, machine.snp().geometry().gpa(frame.index()), size, ASID, false));
    }

    private Map<String, String> status(SnpCommand command) {
        return Map.of("status", hex(machine.command(state, command).number()));
    }

    private Map<String, String> rmpupdate(Rmpupdate operation) {
        return eax(RmpupdateResult.values()[(int) machine.ask(state, SnpMachine.HOST, operation)].eax());
    }

    private Map<String, String> pvalidate(Map<String, String> with) {
        int vmpl = number(with, "vmpl");
        boolean validate = number(with, "validate") == 1;
        long outcome = vmpl == 0
                ? machine.ask(state, SnpMachine.GUEST, new Pvalidate(gpa(with), size(with), validate))
                : Pvalidate.perform(state, machine.snp(), vmpl, page(with), size(with), validate);
        if (outcome == Outcome.EXITS) {
            return exit();
        }
        PvalidateResult result = PvalidateResult.values()[(int) outcome];
        if (result == PvalidateResult.GENERAL_PROTECTION) {
            return Map.of("fault", result.toString());
        }
        return Map.of("eax", Integer.toString(result.eax()), "cf", result == PvalidateResult.UNCHANGED ? "1" : "0");
    }

    private Map<String, String> rmpadjust(Map<String, String> with) {
        Rmpadjust operation = Rmpadjust.ofRdx(gpa(with), size(with), Long.decode(text(with, "rdx")));
        int vmpl = number(with, "vmpl");
        long outcome = vmpl == 0
                ? machine.ask(state, SnpMachine.GUEST, operation)
                : Rmpadjust.perform(
                        state,
                        machine.snp(),
                        vmpl,
                        page(with),
                        operation.size(),
                        operation.targetVmpl(),
                        operation.permissions(),
                        operation.vmsa());
        if (outcome == Outcome.EXITS) {
            return exit();
        }
        RmpadjustResult result = RmpadjustResult.values()[(int) outcome];
        return result == RmpadjustResult.PAGE_NOT_VALIDATED ? Map.of("fault", "#VC 0x404") : eax(result.eax());
    }

    private Map<String, String> guestAccess(long outcome, int notValidated, Class<? extends Enum<?>> type) {
        if (outcome == Outcome.EXITS) {
            return exit();
        }
        return outcome == notValidated
                ? Map.of("fault", "#VC 0x404")
                : Map.of("value", type.getEnumConstants()[(int) outcome].name());
    }

    private Map<String, String> exit() {
        return Map.of("exit", hex(machine.exit(state, SnpMachine.GUEST).exitInfo1()));
    }

    private static Map<String, String> eax(int eax) {
        return Map.of("eax", Integer.toString(eax));
    }

    private static Map<String, String> bits(long bits) {
        return Map.of("bits", hex(bits));
    }

    static String hex(long bits) {
        return "0x" + Long.toHexString(bits);
    }

    /** An address such as {@code S+0x1000}, in bytes. */
    static long address(String text) {
        long sum = 0;
        for (String part : text.split("\\+", -1)) {
            sum += switch (part) {
                case "S" -> S;
                case "C" -> S + 0x3F_F000L;
                case "D" -> S + 0x3F_E000L;
                case "M" -> S + 0x3F_D000L;
                case "T" -> S + 0x3F_C000L;
                case "U" -> S + 0x3F_B000L;
                case "G" -> G;
                default -> Long.decode(part);
            };
        }
        return sum;
    }

    static int frameAt(String spa) {
        return (int) ((address(spa) - S) / Geometry.SMALL);
    }

    private static String text(Map<String, String> with, String key) {
        return Objects.requireNonNull(with.get(key), key);
    }

    private static Frame frame(Map<String, String> with) {
        return new Frame(frameAt(text(with, "spa")));
    }

    private static Frame context(Map<String, String> with) {
        return new Frame(frameAt(text(with, "gctx")));
    }

    private static Metadata metadata(Map<String, String> with) {
        return with.containsKey("md")
                ? Metadata.in(new Frame(frameAt(text(with, "md"))))
                : Metadata.ROOT;
    }

    private static long gpa(Map<String, String> with) {
        return address(text(with, "gpa"));
    }

    private int page(Map<String, String> with) {
        return machine.snp().geometry().page(gpa(with));
    }

    private static Level size(Map<String, String> with) {
        return level(with, "size");
    }

    private static Level level(Map<String, String> with, String key) {
        return text(with, key).equals("2M") ? Level.SIZE_2M : Level.SIZE_4K;
    }

    private static Mapping mapping(Map<String, String> with) {
        return number(with, "c") == 1 ? Mapping.PRIVATE : Mapping.SHARED;
    }

    private static Target target(Map<String, String> with) {
        return text(with, "target").equals("private") ? Target.PRIVATE : Target.SHARED;
    }

    private static int number(Map<String, String> with, String key) {
        return number(with, key, 0);
    }

    private static int number(Map<String, String> with, String key, int otherwise) {
        return Integer.decode(with.getOrDefault(key, Integer.toString(otherwise)));
    }
}
