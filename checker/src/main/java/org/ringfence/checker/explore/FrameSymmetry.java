package org.ringfence.checker.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ringfence.machine.state.Fingerprint;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;

/**
 * Renames blocks of frames canonically.
 *
 * <p>Each block gets a signature that does not depend on names: what lies in it, which entries name it and, for
 * software that holds frames, the role that the block plays at the point where the software stands. Blocks are then
 * named in the order of signatures. Blocks of equal signature look alike from everywhere; only references between
 * frames, or points that hold several, can still tell an order of them from another, and then every order is tried and
 * the least words are the representative.
 *
 * <p>Exact: two states have one representative if and only if a renaming makes the one the other, but for equal 64-bit
 * signatures of different blocks, which cost a state counted twice and never a state missed; and as long as at most
 * {@link #MOST_ORDERS} orders need trying, beyond which the first is taken, again at the price of states counted twice.
 *
 * <p>This is the innermost work of a search with symmetry, done for every successor. So where each field lies is looked
 * up once, what a value adds to a signature is read from a table, and names are exchanged in place. Orders are tried
 * only of blocks that are entangled: that a frame elsewhere names, whose frames name others, or that software tells
 * apart. Of other blocks with one signature any order gives the same words.
 */
public final class FrameSymmetry implements Symmetry {
    private static final int MOST_ORDERS = 5_040;

    private final int frames;
    private final int blocks;
    private final int perBlock;
    private final int words;
    private final int[] blockOf;
    private final int[] offsetOf;
    private final Naming[] names;
    private final Naming[] sets;
    private final Own[] own;
    private final Segment[] segments;
    private final int keyWords;
    private final long[] kept;
    private final Standing[] standing;
    private final ThreadLocal<Work> works;

    /**
     * An entry that is no frame's own and names a frame, or a set of them.
     *
     * @param tells by the frame's place in its block, what being named here adds to a block's signature
     */
    private record Naming(int word, int shift, long mask, long[] tells) {}

    /**
     * A field of frames' own entries that names frames.
     *
     * @param at by frame, where it is: the word times 64, and the shift
     * @param set whether it names several, one bit each
     */
    private record Own(int[] at, long mask, boolean set, int salt) {
        long get(long[] words, int frame) {
            return words[at[frame] >> 6] >>> at[frame] & mask;
        }
    }

    /** Software that may hold frames, and where its point is. */
    private record Standing(Layout.Place point, int actor, Roles roles) {
        int get(long[] words) {
            return (int) (words[point.word()] >>> point.shift() & point.mask());
        }

        void set(long[] words, int value) {
            words[point.word()] = words[point.word()] & ~(point.mask() << point.shift())
                    | (long) value << point.shift();
        }
    }

    /**
     * How points and blocks permute together.
     *
     * @param swaps by adjacent exchange of blocks, what each point becomes
     * @param role by point and block: equal where some renaming leads from one to the other
     * @param holds by point: whether any renaming changes it
     */
    private record Roles(int[][] swaps, int[][] role, boolean[] holds) {}

    /** What canonicalising needs, for one thread. */
    private static final class Work {
        final long[] source;
        final long[] best;
        final long[] trial;
        final long[] values;
        final long[] keys;
        final long[] signature;
        final long[] refined;
        final int[] order;
        final int[] nameOf;
        final int[] renamed;

        /** Blocks of which orders are to be tried, one bit each. */
        long entangled;

        Work(int words, int blocks, int frames, int fields, int keyWords) {
            source = new long[words];
            best = new long[words];
            trial = new long[words];
            values = new long[fields * frames];
            keys = new long[blocks * keyWords];
            signature = new long[blocks];
            refined = new long[blocks];
            order = new int[blocks];
            nameOf = new int[blocks];
            renamed = new int[frames];
        }
    }

    private FrameSymmetry(Layout layout, List<SoftwareMover> software) {
        frames = layout.frames();
        perBlock = layout.framesPerBlock();
        blocks = frames / perBlock;
        words = layout.words();
        blockOf = new int[frames];
        offsetOf = new int[frames];
        for (int f = 0; f < frames; f++) {
            blockOf[f] = f / perBlock;
            offsetOf[f] = f % perBlock;
        }
        List<Naming> naming = new ArrayList<>();
        List<Naming> namingSets = new ArrayList<>();
        List<Own> owned = new ArrayList<>();
        List<Layout.Field> plain = new ArrayList<>();
        int salt = 1;
        for (Layout.Table table : layout.tables()) {
            for (Layout.Field field : table.fields()) {
                boolean name = field.kind() instanceof Layout.Kind.FrameName;
                boolean set = field.kind() instanceof Layout.Kind.Set kind && kind.ofFrames();
                if (table.perFrame()) {
                    if (name || set) {
                        owned.add(own(field, set, salt));
                    } else {
                        plain.add(field);
                    }
                    salt++;
                } else if (name || set) {
                    for (int i = 0; i < table.count(); i++) {
                        (set ? namingSets : naming).add(naming(field.place(i), salt++));
                    }
                }
            }
        }
        names = naming.toArray(Naming[]::new);
        sets = namingSets.toArray(Naming[]::new);
        own = owned.toArray(Own[]::new);
        segments = Segment.of(plain, blocks, perBlock);
        keyWords = Segment.words(segments);
        kept = new long[words];
        Arrays.fill(kept, -1);
        for (Segment segment : segments) {
            for (int b = 0; b < blocks; b++) {
                kept[segment.word()[b]] &= ~segment.mask()[b];
            }
        }
        List<Standing> who = new ArrayList<>();
        for (SoftwareMover mover : software) {
            if (blocks > 1 && mentionsFrames(mover.software())) {
                int actor = mover.actor().index();
                who.add(new Standing(mover.point().place(actor), actor, roles(mover.software())));
            }
        }
        standing = who.toArray(Standing[]::new);
        works = ThreadLocal.withInitial(() -> new Work(words, blocks, frames, own.length, keyWords));
    }

    /**
     * The symmetry of a layout's frames under software that holds some.
     *
     * @throws FramesToldApart when software treats two frames differently
     */
    public static FrameSymmetry of(Layout layout, List<SoftwareMover> software) {
        return new FrameSymmetry(layout, software);
    }

    private Naming naming(Layout.Place place, long salt) {
        long[] tells = new long[perBlock];
        for (int offset = 0; offset < perBlock; offset++) {
            tells[offset] = Fingerprint.mix(Fingerprint.combine(salt, offset));
        }
        return new Naming(place.word(), place.shift(), place.mask(), tells);
    }

    private Own own(Layout.Field field, boolean set, int salt) {
        int[] at = new int[frames];
        for (int f = 0; f < frames; f++) {
            Layout.Place place = field.place(f);
            at[f] = place.word() << 6 | place.shift();
        }
        return new Own(at, field.place(0).mask(), set, salt);
    }

    private static boolean mentionsFrames(Software software) {
        if (!software.isComplete()) {
            throw new FramesToldApart(
                    "software that is learned as the search meets it may hold frames");
        }
        return software.mentionsFrames();
    }

    private Roles roles(Software software) {
        int points = software.points();
        int[][] swaps = new int[blocks - 1][];
        boolean[] holds = new boolean[points];
        int[] parent = new int[points * blocks];
        Arrays.setAll(parent, i -> i);
        for (int t = 0; t < blocks - 1; t++) {
            FrameSwap swap = new FrameSwap(t, t + 1, perBlock);
            swaps[t] = software.renamed(swap);
            for (int p = 0; p < points; p++) {
                int q = swaps[t][p];
                holds[p] |= q != p;
                for (int b = 0; b < blocks; b++) {
                    int c = b == t ? t + 1 : b == t + 1 ? t : b;
                    union(parent, p * blocks + b, q * blocks + c);
                }
            }
        }
        int[][] role = new int[points][blocks];
        for (int p = 0; p < points; p++) {
            for (int b = 0; b < blocks; b++) {
                role[p][b] = find(parent, p * blocks + b);
            }
        }
        return new Roles(swaps, role, holds);
    }

    private static void union(int[] parent, int a, int b) {
        int x = find(parent, a);
        int y = find(parent, b);
        if (x != y) {
            parent[Math.max(x, y)] = Math.min(x, y);
        }
    }

    private static int find(int[] parent, int of) {
        int root = of;
        while (parent[root] != root) {
            parent[root] = parent[parent[root]];
            root = parent[root];
        }
        return root;
    }

    @Override
    public void canonicalise(State state) {
        if (blocks < 2) {
            return;
        }
        long[] now = state.words();
        Work work = works.get();
        boolean entangled = sign(now, work);
        boolean ties = order(work);
        if (!(ties && entangled)) {
            if (name(work)) {
                rename(now, work);
            }
            return;
        }
        System.arraycopy(now, 0, work.source, 0, words);
        name(work);
        rename(now, work);
        System.arraycopy(now, 0, work.best, 0, words);
        new Orders(work).tryAll(0);
        System.arraycopy(work.best, 0, now, 0, words);
    }

    /** Names blocks by their order; answers whether any is called otherwise than before. */
    private boolean name(Work work) {
        boolean differs = false;
        for (int b = 0; b < blocks; b++) {
            work.nameOf[work.order[b]] = b;
            differs |= work.order[b] != b;
        }
        return differs;
    }

    /** Computes signatures; answers whether frames name each other or software holds some. */
    private boolean sign(long[] now, Work work) {
        long[] signature = work.signature;
        Arrays.fill(signature, 0);
        for (Naming naming : names) {
            int frame = (int) (now[naming.word] >>> naming.shift & naming.mask) - 1;
            if (frame >= 0) {
                signature[blockOf[frame]] += naming.tells[offsetOf[frame]];
            }
        }
        for (Naming naming : sets) {
            for (long rest = now[naming.word] >>> naming.shift & naming.mask; rest != 0; rest &= rest - 1) {
                int frame = Long.numberOfTrailingZeros(rest);
                signature[blockOf[frame]] += naming.tells[offsetOf[frame]];
            }
        }
        long[] keys = work.keys;
        Arrays.fill(keys, 0);
        for (int b = 0; b < blocks; b++) {
            int key = b * keyWords;
            for (Segment segment : segments) {
                segment.read(now, b, keys, key);
            }
            long hash = 0;
            for (int i = key; i < key + keyWords; i++) {
                hash = Fingerprint.combine(hash, keys[i]);
            }
            signature[b] += Fingerprint.mix(hash);
        }
        long entangled = 0;
        long[] values = work.values;
        int at = 0;
        for (Own field : own) {
            for (int f = 0; f < frames; f++) {
                long bits = field.get(now, f);
                values[at++] = bits;
                if (bits == 0) {
                    continue;
                }
                long told = -1;
                if (field.set) {
                    entangled = -1;
                } else {
                    int target = (int) bits - 1;
                    boolean inside = blockOf[target] == blockOf[f];
                    entangled |= inside ? 0 : 1L << blockOf[target] | 1L << blockOf[f];
                    told = inside ? 1 + offsetOf[target] : -1;
                }
                signature[blockOf[f]] += Fingerprint.mix(
                        Fingerprint.combine(field.salt * 512L + offsetOf[f], told));
            }
        }
        boolean related = entangled != 0;
        for (Standing one : standing) {
            int point = one.get(now);
            if (one.roles.holds[point]) {
                related = true;
                entangled |= toldApart(one.roles, point);
                int salt = -1 - one.actor;
                for (int b = 0; b < blocks; b++) {
                    signature[b] += Fingerprint.mix(Fingerprint.combine(salt, one.roles.role[point][b]));
                }
            }
        }
        if (related) {
            refine(work);
        }
        work.entangled = entangled;
        return entangled != 0;
    }

    /**
     * Blocks that software at a point tells from another of the same role, one bit each: exchanging the two leads to
     * another point.
     */
    private long toldApart(Roles roles, int point) {
        long apart = 0;
        int[] role = roles.role[point];
        for (int a = 0; a < blocks; a++) {
            for (int b = a + 1; b < blocks; b++) {
                if (role[a] == role[b] && exchanged(roles, point, a, b) != point) {
                    apart |= 1L << a | 1L << b;
                }
            }
        }
        return apart;
    }

    private static int exchanged(Roles roles, int point, int a, int b) {
        int now = point;
        for (int t = a; t < b; t++) {
            now = roles.swaps[t][now];
        }
        for (int t = b - 2; t >= a; t--) {
            now = roles.swaps[t][now];
        }
        return now;
    }

    /** Tells each block the signatures of the blocks that its frames name, and of those that name it. */
    private void refine(Work work) {
        System.arraycopy(work.signature, 0, work.refined, 0, blocks);
        int at = 0;
        for (Own field : own) {
            for (int f = 0; f < frames; f++) {
                long bits = work.values[at++];
                if (bits == 0) {
                    continue;
                }
                for (long rest = field.set ? bits : 1L << bits - 1; rest != 0; rest &= rest - 1) {
                    int target = Long.numberOfTrailingZeros(rest);
                    long salt = field.salt * 512L + offsetOf[f];
                    work.refined[blockOf[f]] += Fingerprint.mix(
                            Fingerprint.combine(salt, work.signature[blockOf[target]] + offsetOf[target]));
                    work.refined[blockOf[target]] += Fingerprint.mix(
                            Fingerprint.combine(~salt, work.signature[blockOf[f]] + offsetOf[target]));
                }
            }
        }
        System.arraycopy(work.refined, 0, work.signature, 0, blocks);
    }

    /** Sorts the blocks by signature; answers whether two are equal. */
    private boolean order(Work work) {
        int[] order = work.order;
        long[] signature = work.signature;
        boolean ties = false;
        for (int i = 0; i < blocks; i++) {
            int at = i;
            while (at > 0 && signature[order[at - 1]] > signature[i]) {
                order[at] = order[at - 1];
                at--;
            }
            ties |= at > 0 && signature[order[at - 1]] == signature[i];
            order[at] = i;
        }
        return ties;
    }

    /**
     * Calls block {@code b} {@code nameOf[b]} in words of which {@code keys} and {@code values} hold the frames' own.
     */
    private void rename(long[] now, Work work) {
        int[] renamed = work.renamed;
        for (int f = 0; f < frames; f++) {
            renamed[f] = work.nameOf[blockOf[f]] * perBlock + offsetOf[f];
        }
        for (Naming naming : names) {
            long bits = now[naming.word] >>> naming.shift & naming.mask;
            if (bits != 0) {
                now[naming.word] ^= (bits ^ renamed[(int) bits - 1] + 1) << naming.shift;
            }
        }
        for (Naming naming : sets) {
            long bits = now[naming.word] >>> naming.shift & naming.mask;
            if (bits != 0) {
                now[naming.word] ^= (bits ^ renamedSet(bits, renamed)) << naming.shift;
            }
        }
        for (int w = 0; w < words; w++) {
            now[w] &= kept[w];
        }
        for (int b = 0; b < blocks; b++) {
            for (Segment segment : segments) {
                segment.write(now, work.nameOf[b], work.keys, b * keyWords);
            }
        }
        int at = 0;
        for (Own field : own) {
            long mask = field.mask;
            for (int f = 0; f < frames; f++) {
                long bits = work.values[at++];
                if (bits != 0) {
                    bits = field.set ? renamedSet(bits, renamed) : renamed[(int) bits - 1] + 1;
                }
                int to = field.at[renamed[f]];
                now[to >> 6] = now[to >> 6] & ~(mask << to) | bits << to;
            }
        }
        for (Standing one : standing) {
            int point = one.get(now);
            if (one.roles.holds[point]) {
                one.set(now, renamedPoint(one.roles, point, work.nameOf));
            }
        }
    }

    private static long renamedSet(long frames, int[] renamed) {
        long set = 0;
        for (long rest = frames; rest != 0; rest &= rest - 1) {
            set |= 1L << renamed[Long.numberOfTrailingZeros(rest)];
        }
        return set;
    }

    /** A permutation as adjacent exchanges: sorting by insertion. */
    private int renamedPoint(Roles roles, int point, int[] nameOf) {
        int[] at = nameOf.clone();
        int now = point;
        for (int i = 1; i < blocks; i++) {
            for (int j = i; j > 0 && at[j - 1] > at[j]; j--) {
                int name = at[j];
                at[j] = at[j - 1];
                at[j - 1] = name;
                now = roles.swaps[j - 1][now];
            }
        }
        return now;
    }

    /** Tries every order of entangled blocks with equal signatures. */
    private final class Orders {
        private final Work work;
        private int tried;

        Orders(Work work) {
            this.work = work;
        }

        void tryAll(int from) {
            if (tried >= MOST_ORDERS) {
                return;
            }
            if (from == blocks) {
                tried++;
                name(work);
                System.arraycopy(work.source, 0, work.trial, 0, words);
                rename(work.trial, work);
                if (Arrays.compare(work.trial, work.best) < 0) {
                    System.arraycopy(work.trial, 0, work.best, 0, words);
                }
                return;
            }
            int end = from + 1;
            long group = 1L << work.order[from];
            while (end < blocks && work.signature[work.order[end]] == work.signature[work.order[from]]) {
                group |= 1L << work.order[end++];
            }
            if ((group & work.entangled) == 0) {
                tryAll(end);
                return;
            }
            for (int other = from; other < end; other++) {
                exchange(from, other);
                tryAll(from + 1);
                exchange(from, other);
            }
        }

        private void exchange(int a, int b) {
            int block = work.order[a];
            work.order[a] = work.order[b];
            work.order[b] = block;
        }
    }
}
