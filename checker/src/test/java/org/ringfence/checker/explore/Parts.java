package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ringfence.machine.state.Bits;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;

/** Parts of the search against the Java library's, as the tests of mutated copies call them by name. */
public final class Parts {
    private Parts() {}

    private record Key(long fingerprint, short tag) {}

    /** The first difference of a table of fingerprints and a set; empty when there is none. */
    public static String fingerprintSetDiffers(boolean wide, int fingerprints) {
        SplittableRandom random = new SplittableRandom(7);
        Set<Key> expected = new HashSet<>();
        long[] one = new long[2];
        long[] news = new long[2];
        try (FingerprintSet set = new FingerprintSet(Worker.GROUP_BITS, fingerprints, wide)) {
            for (int i = 0; i < fingerprints; i++) {
                // Few enough values that many come twice, and crowds of neighbours.
                long fingerprint = random.nextInt(3) == 0
                        ? random.nextLong(1_000)
                        : random.nextInt(fingerprints) * 0x9E3779B97F4A7C15L >>> 1;
                short tag = (short) random.nextInt(2);
                set.reserve(1);
                one[0] = fingerprint;
                one[1] = i;
                set.touch(one, 0, 2, 2);
                boolean fresh = expected.add(new Key(fingerprint, wide && fingerprint != 0 ? tag : 0));
                boolean added = wide
                        ? set.add(fingerprint, tag)
                        : set.add(one, 0, 2, 2, news, 0) == 2 && news[0] == fingerprint && news[1] == i;
                if (added != fresh) {
                    return "fingerprint %x, tag %d, after %d: taken for %s".formatted(
                            fingerprint, tag, i, fresh ? "known" : "new");
                }
                if (set.size() != expected.size()) {
                    return "size %d after %d, expected %d".formatted(set.size(), i, expected.size());
                }
            }
        }
        return "";
    }

    /** The first difference of a log of parents and a plain list; empty when there is none. */
    public static String parentLogDiffers(int rounds) {
        SplittableRandom random = new SplittableRandom(11);
        List<long[]> expected = new ArrayList<>();
        expected.add(new long[] {0, 0});
        try (ParentLog log = new ParentLog(8_000_000)) {
            OffHeap.putInt(log.append(1), 0);
            long expanded = 0;
            for (int r = 0; r < rounds && expanded < log.size(); r++) {
                int states = (int) Math.min(log.size() - expanded, 1 + random.nextInt(900));
                log.beginRound(expanded);
                int found = r == 0 ? 3_000 : random.nextInt(4) == 0 ? 0 : random.nextInt(4_000);
                long at = log.append(found);
                for (int i = 0; i < found; i++) {
                    int place = random.nextInt(states);
                    int ordinal = random.nextInt(1 << 16);
                    OffHeap.putInt(at + (long) i * Integer.BYTES, place << 16 | ordinal);
                    expected.add(new long[] {expanded + place, ordinal});
                }
                expanded += states;
            }
            for (int s = 1; s < expected.size(); s++) {
                if (log.parent(s) != expected.get(s)[0] || log.ordinal(s) != expected.get(s)[1]) {
                    return "state %d: parent %d by %d, expected %d by %d".formatted(
                            s, log.parent(s), log.ordinal(s), expected.get(s)[0], expected.get(s)[1]);
                }
            }
            return log.size() == expected.size() ? ""
                    : "%d entries, expected %d".formatted(log.size(), expected.size());
        }
    }

    /** The views of {@link #frameSymmetryDiffers}. */
    private record Views(Bounded content, FrameRef link, Bits named, FrameRef slot, Bits set) {}

    /**
     * Random states under all renamings of their frames: the first that is not represented as it should be; empty when
     * there is none.
     */
    public static String frameSymmetryDiffers(int states) {
        SplittableRandom random = new SplittableRandom(13);
        for (int s = 0; s < states; s++) {
            int perBlock = 1 + random.nextInt(2);
            int blocks = 1 + random.nextInt(perBlock == 1 ? 5 : 3);
            Layout.Placed<Views> placed = Layout.of(Layout.Storage.PACKED, blocks * perBlock, perBlock, declaration -> {
                Table frames = declaration.perFrame("memory");
                Table slots = declaration.table("slot", "number", 2);
                return new Views(
                        frames.bounded("content", 2),
                        frames.frame("link"),
                        frames.frameSet("named"),
                        slots.frame("frame"),
                        slots.frameSet("set"));
            });
            FrameSymmetry symmetry = FrameSymmetry.of(placed.layout(), List.of());
            State state = placed.layout().newState();
            draw(random, state, placed.machine(), blocks * perBlock);
            Set<String> representatives = new HashSet<>();
            Set<String> orbit = new HashSet<>();
            for (int[] name : renamings(blocks, perBlock)) {
                State renamed = renamed(state, placed, name);
                orbit.add(Arrays.toString(renamed.words()));
                symmetry.canonicalise(renamed);
                representatives.add(Arrays.toString(renamed.words()));
            }
            if (representatives.size() != 1 || !orbit.containsAll(representatives)) {
                return "%d representatives, %s among the renamings, of:%n%s".formatted(
                        representatives.size(),
                        orbit.containsAll(representatives) ? "all" : "not all",
                        String.join("\n", placed.layout().describe(state)));
            }
        }
        return "";
    }

    private static void draw(SplittableRandom random, State state, Views views, int frames) {
        int links = random.nextInt(3);
        int sets = random.nextInt(4);
        for (int f = 0; f < frames; f++) {
            views.content.set(state, f, random.nextInt(3) == 0 ? random.nextInt(3) : 0);
            views.link.set(state, f, links == 0 || random.nextInt(3) == 0 ? -1 : random.nextInt(frames));
            views.named.set(state, f, sets == 0 ? random.nextInt(1 << frames) : 0);
        }
        for (int slot = 0; slot < 2; slot++) {
            views.slot.set(state, slot, random.nextInt(3) == 0 ? random.nextInt(frames) : -1);
            views.set.set(state, slot, random.nextInt(3) == 0 ? random.nextInt(1 << frames) : 0);
        }
    }

    private static State renamed(State state, Layout.Placed<Views> placed, int[] name) {
        Views views = placed.machine();
        State renamed = placed.layout().newState();
        for (int f = 0; f < name.length; f++) {
            views.content.set(renamed, name[f], views.content.get(state, f));
            views.link.set(renamed, name[f], renamed(views.link.get(state, f), name));
            views.named.set(renamed, name[f], renamed(views.named.get(state, f), name));
        }
        for (int slot = 0; slot < 2; slot++) {
            views.slot.set(renamed, slot, renamed(views.slot.get(state, slot), name));
            views.set.set(renamed, slot, renamed(views.set.get(state, slot), name));
        }
        return renamed;
    }

    private static int renamed(int frame, int[] name) {
        return frame < 0 ? frame : name[frame];
    }

    private static long renamed(long set, int[] name) {
        long renamed = 0;
        for (int f = 0; f < name.length; f++) {
            renamed |= (set >> f & 1) << name[f];
        }
        return renamed;
    }

    /** Every order of blocks, as the new name of each frame. */
    private static List<int[]> renamings(int blocks, int perBlock) {
        List<List<Integer>> orders = new ArrayList<>(List.of(List.of()));
        for (int b = 0; b < blocks; b++) {
            List<List<Integer>> longer = new ArrayList<>();
            for (List<Integer> order : orders) {
                for (int at = 0; at <= b; at++) {
                    List<Integer> one = new ArrayList<>(order);
                    one.add(at, b);
                    longer.add(one);
                }
            }
            orders = longer;
        }
        return orders.stream()
                .map(order -> IntStream.range(0, blocks * perBlock)
                        .map(f -> order.get(f / perBlock) * perBlock + f % perBlock)
                        .toArray())
                .toList();
    }
}
