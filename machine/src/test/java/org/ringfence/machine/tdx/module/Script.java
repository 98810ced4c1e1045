package org.ringfence.machine.tdx.module;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.ringfence.machine.memory.Caches;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.abi.Registers;
import org.ringfence.machine.tdx.abi.SeamcallLeaf;
import org.ringfence.machine.tdx.module.phymem.InterruptCacheWb;
import org.ringfence.machine.tdx.module.sys.SetEntropy;
import org.ringfence.machine.tdx.module.sys.TdhSysKeyConfig;

/** Steps as the data files write them; see there. */
record Script(Platform platform, State state, Set<Returned> seen) {

    /** That a leaf ended with this RAX. */
    record Returned(int leaf, long rax) {}

    static Script on(String machine) {
        return on(machine, Guards.allOn());
    }

    static Script on(String machine, Guards guards) {
        List<ModuleFeature> features = new ArrayList<>();
        List<Integer> packageOf = List.of();
        int parts = 1;
        int entries = ModuleOptions.ENTRIES_PER_BLOCK;
        int small = 1;
        boolean integrity = false;
        ModuleVersion version = ModuleVersion.V1_5_01;
        for (String word : machine.split(" +", -1)) {
            if (word.startsWith("cpus=")) {
                packageOf = Arrays.stream(word.substring(5).split(",", -1)).map(Integer::valueOf).toList();
            } else if (word.startsWith("parts=")) {
                parts = Integer.parseInt(word.substring(6));
            } else if (word.startsWith("entries=")) {
                entries = Integer.parseInt(word.substring(8));
            } else if (word.startsWith("large=")) {
                small = Integer.parseInt(word.substring(6));
            } else if (word.equals("integrity")) {
                integrity = true;
            } else if (word.equals("HOT_PLUG")) {
                version = ModuleVersion.HOT_PLUG;
            } else if (word.equals("DYNAMIC_PAMT")) {
                version = ModuleVersion.DYNAMIC_PAMT;
            } else {
                features.add(ModuleFeature.valueOf(word));
            }
        }
        Platform platform = Platform.of(
                new Platform.Shape(version, packageOf, 16, small, parts, entries, features, integrity), guards);
        return new Script(platform, platform.start(), new LinkedHashSet<>());
    }

    void run(String steps) {
        if (!steps.equals("-")) {
            for (String step : steps.split(" +", -1)) {
                perform(step);
            }
        }
    }

    private void perform(String step) {
        String[] parts = step.split(":", -1);
        TdxModule module = platform.module();
        switch (parts[0]) {
            case "up" -> up("good", 2);
            case "dup" -> up("bitmap", 0x10002);
            case "td" -> td(number(parts[1]), number(parts[2]), parts.length > 3 ? (int) number(parts[3]) : 6);
            case "tdmrs" -> submit(parts[1]);
            case "lock" -> require(platform.take(state, 0, new HoldModuleLock(
                    ModuleLocks.Kind.valueOf(parts[1]), lockNumber(parts), ModuleLocks.Held.valueOf(parts[3]))));
            case "entropy" -> require(
                    platform.take(state, 0, new SetEntropy(Integer.parseInt(parts[1]), parts[2].equals("on"))));
            case "interrupt" -> require(platform.take(
                    state, 0, new InterruptCacheWb(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]))));
            case "fatal" -> module.tdr().fatal().set(state, Integer.parseInt(parts[1]), true);
            case "op" -> platform.control(Integer.parseInt(parts[1])).op().set(
                    state, Integer.parseInt(parts[2]));
            case "vcpu" -> platform.control(Integer.parseInt(parts[1])).associated().set(
                    state, Integer.parseInt(parts[2]));
            case "child" -> module.addChild(
                    state, Integer.parseInt(parts[1]), module.map().frame(number(parts[2])),
                    PageSize.PT_4KB, PageType.valueOf(parts[3]));
            case "promote" -> module.pamt().promote(state, module.map().frame(number(parts[1])), PageSize.PT_2MB);
            case "epoch" -> module.pamt().block(
                    state, module.map().frame(number(parts[1])), PageSize.PT_4KB, Integer.parseInt(parts[2]));
            case "store" -> module.seam().memory().write(
                    state, module.map().frame(number(parts[1])), Value.HOST, 0);
            case "dirty" -> module.seam().memory().store(
                    state, Integer.parseInt(parts[2]), module.map().frame(number(parts[1])), Value.HOST, 0);
            case "evict" -> evict(module.map().frame(number(parts[1])), Integer.parseInt(parts[2]));
            case "wbinvd" -> module.seam().memory().caches().writeBackAndInvalidate(state, Integer.parseInt(parts[1]));
            case "hold" ->
                require(platform.take(state, Integer.parseInt(parts[1]), new TdhSysKeyConfig()) == -2 ? 0 : 1);
            case "disable" -> module.seam().disabled().set(state, true);
            default -> call(step);
        }
    }

    private void evict(int frame, int keyId) {
        Caches caches = platform.module().seam().memory().caches();
        int slot = caches.find(state, frame, 0, keyId);
        if (slot < 0) {
            throw new IllegalStateException("frame " + frame + " is not cached under KeyID " + keyId);
        }
        caches.evict(state, slot);
    }

    private int lockNumber(String[] parts) {
        return parts[2].startsWith("P")
                ? platform.module().map().frame(number(parts[2]))
                : Integer.parseInt(parts[2]);
    }

    private static void require(long code) {
        if (code != 0) {
            throw new IllegalStateException("a step of the script was not done: " + code);
        }
    }

    /** A call: leaf:RCX:RDX:R8:R9@processor. */
    Registers call(String step) {
        int at = step.indexOf('@');
        int lp = at < 0 ? 0 : Integer.parseInt(step.substring(at + 1));
        String[] parts = (at < 0 ? step : step.substring(0, at)).split(":", -1);
        long rax = parts[0].startsWith("x")
                ? Long.parseUnsignedLong(parts[0].substring(1), 16)
                : Long.parseLong(parts[0]);
        long[] in = new long[4];
        for (int i = 1; i < parts.length; i++) {
            in[i - 1] = number(parts[i]);
        }
        Registers out = platform.call(state, lp, Registers.of(rax, in[0], in[1], in[2], in[3]));
        seen.add(new Returned((int) rax & 0xFFFF, out.rax()));
        return out;
    }

    /** Hexadecimal; Pn for the n-th page, Kn+... for a page under a KeyID. */
    private long number(String text) {
        if (text.startsWith("P")) {
            return platform.page(Integer.parseInt(text.substring(1)));
        }
        if (text.startsWith("K")) {
            int dot = text.indexOf('.');
            return platform.module().options().tag(
                    number(text.substring(dot + 1)), Integer.parseInt(text.substring(1, dot)));
        }
        return Long.parseUnsignedLong(text, 16);
    }

    private void up(String tdmrs, int keyId) {
        call("33:0");
        for (int lp = 0; lp < platform.module().options().packageOf().size(); lp++) {
            call("35@" + lp);
        }
        submit(tdmrs);
        call("45:10000:1:%x".formatted(keyId));
        platform.oneOfEachPackage().forEach(lp -> call("31@" + lp));
        while (platform.module().tdmrs().next(state, 0) < platform.module().tdmrs().end(state, 0)) {
            call("36:40000000");
        }
    }

    private void td(long tdr, long keyId, int pages) {
        call("9:%x:%x".formatted(tdr, keyId));
        platform.oneOfEachPackage().forEach(lp -> call("8:%x@%d".formatted(tdr, lp)));
        int first = (int) ((tdr - Platform.GB) >> 12) + 1;
        for (int i = 0; i < pages; i++) {
            call("1:P%d:%x".formatted(first + i, tdr));
        }
    }

    private void submit(String name) {
        TdmrInfo good = platform.tdmr();
        TdmrInfo next = platform.second();
        platform.submit(
                switch (name) {
                    case "good" -> List.of(good);
                    case "bitmap" -> List.of(bitmap(good));
                    case "small" -> List.of(base(good, good.base(), 0x3000_0000));
                    case "backwards" -> List.of(good, base(next, 0, Platform.GB));
                    case "overlap" -> List.of(pamt4k(good, Platform.GB));
                    case "short2m" -> List.of(good, pamt2m(next, next.pamt2mBase(), 0x1000));
                    case "outside" -> List.of(reserved(good, List.of()));
                    case "pamtOutside" -> List.of(pamt4k(good, 0xC000_0000L));
                    case "pamtUnaligned" -> List.of(pamt4k(good, Platform.PAMT + 8));
                    case "pamtsOverlap" -> List.of(pamt2m(good, good.pamt4kBase(), 0x2000));
                    case "unalignedReserved" -> List.of(reserved(good, List.of(area(0x10, 0x1000))));
                    case "reservedBackwards" -> List.of(
                            reserved(good, List.of(area(0x2000, 0x1000), area(0x1000, 0x1000))));
                    default -> throw new IllegalArgumentException(name);
                });
        if (name.equals("good") || name.equals("bitmap")) {
            return;
        }
        platform.words().write(0x11000, 0);
    }

    static TdmrInfo.ReservedArea area(long offset, long size) {
        return new TdmrInfo.ReservedArea(offset, size);
    }

    static TdmrInfo base(TdmrInfo t, long base, long size) {
        return new TdmrInfo(base, size, t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt2mSize(), t.pamt4kBase(),
                t.pamt4kSize(), t.reserved());
    }

    static TdmrInfo pamt4k(TdmrInfo t, long base) {
        return new TdmrInfo(t.base(), t.size(), t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt2mSize(), base,
                t.pamt4kSize(), t.reserved());
    }

    /** With a bit for each 4K page. */
    private static TdmrInfo bitmap(TdmrInfo t) {
        return new TdmrInfo(t.base(), t.size(), t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt2mSize(),
                t.pamt4kBase(), t.size() / 0x1000 / 8, t.reserved());
    }

    static TdmrInfo pamt2m(TdmrInfo t, long base, long size) {
        return new TdmrInfo(t.base(), t.size(), t.pamt1gBase(), t.pamt1gSize(), base, size, t.pamt4kBase(),
                t.pamt4kSize(), t.reserved());
    }

    static TdmrInfo reserved(TdmrInfo t, List<TdmrInfo.ReservedArea> areas) {
        return new TdmrInfo(t.base(), t.size(), t.pamt1gBase(), t.pamt1gSize(), t.pamt2mBase(), t.pamt2mSize(),
                t.pamt4kBase(), t.pamt4kSize(), areas);
    }

    /** What a check of a data file looks at. */
    String look(String what) {
        TdxModule module = platform.module();
        String[] parts = what.split(":", -1);
        return switch (parts[0]) {
            case "state" -> module.system().get(state).name();
            case "keyed" -> Long.toHexString(module.packages().get(state, 0));
            case "kot" -> module.keys().of(state, Integer.parseInt(parts[1])).name();
            case "pending" -> Long.toHexString(module.keys().pending(state, Integer.parseInt(parts[1])));
            case "lifecycle" -> module.tdr().lifecycle().get(state, Integer.parseInt(parts[1])).name();
            case "children" -> Integer.toString(module.tdr().children().get(state, Integer.parseInt(parts[1])));
            case "type" -> module.pamt()
                    .type(state, module.map().frame(number(parts[1])), PageSize.PT_4KB)
                    .name();
            case "key" -> Integer.toString(module.seam().memory().writtenUnder().get(
                    state, module.map().frame(number(parts[1]))));
            case "disabled" -> module.seam().disabled().get(state) ? "yes" : "no";
            case "gone" -> module.seam().shutDown().get(state, Integer.parseInt(parts[1])) ? "yes" : "no";
            case "cached" -> module.seam().memory().caches().find(
                    state, module.map().frame(number(parts[1])), 0, Integer.parseInt(parts[2])) >= 0 ? "yes" : "no";
            case "tds" -> Long.toString(java.util.stream.IntStream.range(0, 2)
                    .filter(td -> module.tdr().frame().get(state, td) >= 0)
                    .count());
            default -> throw new IllegalArgumentException(what);
        };
    }

    /** The leaf with this number. */
    static SeamcallLeaf leaf(int number) {
        return SeamcallLeaf.of(number).orElseThrow();
    }
}
