package org.ringfence.machine.snp;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
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
import org.ringfence.machine.snp.PageStateChange.Target;
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
                    .withImmutable()
                    .withVmsa()
                    .withVmpl(1)
                    .withVmpl(2)
                    .withVmpl(3));
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
        return Vector.all().stream().filter(vector -> vector.id().equals(id)).findFirst().orElseThrow();
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
                    frame(with), true, gpa(with), size(with), ASID, with.getOrDefault("imm", "0").equals("1")));
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
            default -> throw new IllegalArgumentException("no such step: " + step);
        };
    }

    private Map<String, String> rmpupdate(Rmpupdate operation) {
        return eax(RmpupdateResult.values()[(int) machine.ask(state, SnpMachine.HOST, operation)].eax());
    }

    private Map<String, String> pvalidate(Map<String, String> with) {
        int vmpl = number(with, "vmpl");
        boolean validate = number(with, "validate") == 1;
        long outcome = vmpl == 0
                ? machine.ask(state, SnpMachine.GUEST, new Pvalidate(gpa(with), size(with), validate))
                : machine.snp().pvalidate(state, vmpl, page(with), size(with), validate);
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
                : machine.snp()
                        .rmpadjust(
                                state,
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
        return Integer.decode(with.getOrDefault(key, "0"));
    }
}
