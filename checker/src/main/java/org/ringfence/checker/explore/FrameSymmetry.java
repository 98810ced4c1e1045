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
 * <p>Each block gets a signature that does not depend on names: what lies in it, which entries name it and, for software that holds
 * frames, the role that the block plays at the point where the software stands. Blocks are then named in the order of signatures. Blocks
 * of equal signature look alike from everywhere; only references between frames, or points that hold several, can still tell an order
 * of them from another, and then every order is tried and the least words are the representative.
 *
 * <p>Exact: two states have one representative if and only if a renaming makes the one the other, but for equal 64-bit signatures of
 * different blocks, which cost a state counted twice and never a state missed; and as long as at most {@link #MOST_ORDERS} orders need
 * trying, beyond which the first is taken, again at the price of states counted twice.
 */
public final class FrameSymmetry implements Symmetry {
    private static final int MOST_ORDERS = 5_040;

    private final Layout layout;
    private final int blocks;
    private final int perBlock;
    private final List<Naming> named = new ArrayList<>();
    private final List<Own> own = new ArrayList<>();
    private final List<Standing> standing = new ArrayList<>();
    private final ThreadLocal<Work> works;

    /** A field of fixed entries that names frames. */
    private record Naming(Layout.Field field, int count, boolean set, int salt) {}

    /** A field of frames' own entries. */
    private record Own(Layout.Field field, boolean name, boolean set, int salt) {}

    /** Software that may hold frames. */
    private record Standing(SoftwareMover mover, Roles roles) {}

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
        final State source;
        final State best;
        final State trial;
        final long[] signature;
        final long[] refined;
        final int[] order;
        final int[] nameOf;

        Work(Layout layout, int blocks) {
            source = layout.newState();
            best = layout.newState();
            trial = layout.newState();
            signature = new long[blocks];
            refined = new long[blocks];
            order = new int[blocks];
            nameOf = new int[blocks];
        }
    }

    private FrameSymmetry(Layout layout) {
        this.layout = layout;
        this.perBlock = layout.framesPerBlock();
        this.blocks = layout.frames() / perBlock;
        this.works = ThreadLocal.withInitial(() -> new Work(layout, blocks));
    }

    /**
     * The symmetry of a layout's frames under software that holds some.
     *
     * @throws FramesToldApart when software treats two frames differently
     */
    public static FrameSymmetry of(Layout layout, List<SoftwareMover> software) {
        FrameSymmetry symmetry = new FrameSymmetry(layout);
        int salt = 1;
        for (Layout.Table table : layout.tables()) {
            for (Layout.Field field : table.fields()) {
                boolean name = field.kind() instanceof Layout.Kind.FrameName;
                boolean set = field.kind() instanceof Layout.Kind.Set(boolean ofFrames) && ofFrames;
                if (table.perFrame()) {
                    symmetry.own.add(new Own(field, name, set, salt++));
                } else if (name || set) {
                    symmetry.named.add(new Naming(field, table.count(), set, salt));
                    salt += table.count();
                }
            }
        }
        for (SoftwareMover mover : software) {
            if (symmetry.blocks > 1 && mentionsFrames(mover.software())) {
                symmetry.standing.add(new Standing(mover, symmetry.roles(mover.software())));
            }
        }
        return symmetry;
    }

    private static boolean mentionsFrames(Software software) {
        if (!software.isComplete()) {
            throw new FramesToldApart(
                    "software that is learned as the search meets it may hold frames; they are kept apart");
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
        Work work = works.get();
        boolean entangled = sign(state, work);
        boolean ties = order(work);
        boolean identity = true;
        for (int b = 0; b < blocks; b++) {
            work.nameOf[work.order[b]] = b;
            identity &= work.order[b] == b;
        }
        if (!(ties && entangled)) {
            if (!identity) {
                work.source.restore(state);
                rename(work.source, work.nameOf, state);
            }
            return;
        }
        work.source.restore(state);
        rename(work.source, work.nameOf, work.best);
        new Orders(work).tryAll(0);
        state.restore(work.best);
    }

    /** Computes signatures; answers whether frames name each other or software holds some. */
    private boolean sign(State state, Work work) {
        long[] signature = work.signature;
        Arrays.fill(signature, 0);
        boolean entangled = false;
        for (Naming naming : named) {
            for (int i = 0; i < naming.count; i++) {
                long bits = naming.field.get(state, i);
                if (bits == 0) {
                    continue;
                }
                long salt = (long) naming.salt + i;
                if (naming.set) {
                    for (long rest = bits; rest != 0; rest &= rest - 1) {
                        tell(signature, Long.numberOfTrailingZeros(rest), salt);
                    }
                } else {
                    tell(signature, (int) bits - 1, salt);
                }
            }
        }
        for (Own field : own) {
            for (int f = 0; f < layout.frames(); f++) {
                long bits = field.field.get(state, f);
                if (bits == 0) {
                    continue;
                }
                if (field.name) {
                    int target = (int) bits - 1;
                    boolean inside = target / perBlock == f / perBlock;
                    entangled |= !inside;
                    bits = inside ? 1 + target % perBlock : -1;
                } else if (field.set) {
                    entangled = true;
                    bits = -1;
                }
                signature[f / perBlock] += Fingerprint.mix(Fingerprint.combine(field.salt * 512L + f % perBlock, bits));
            }
        }
        for (Standing standing : standing) {
            int point = standing.mover.point().get(state, standing.mover.actor().index());
            if (standing.roles.holds[point]) {
                entangled = true;
                int salt = -1 - standing.mover.actor().index();
                for (int b = 0; b < blocks; b++) {
                    signature[b] += Fingerprint.mix(Fingerprint.combine(salt, standing.roles.role[point][b]));
                }
            }
        }
        if (entangled) {
            refine(state, work);
        }
        return entangled;
    }

    private void tell(long[] signature, int frame, long salt) {
        signature[frame / perBlock] += Fingerprint.mix(Fingerprint.combine(salt, frame % perBlock));
    }

    /** Tells each block the signatures of the blocks that its frames name, and of those that name it. */
    private void refine(State state, Work work) {
        System.arraycopy(work.signature, 0, work.refined, 0, blocks);
        for (Own field : own) {
            if (!field.name && !field.set) {
                continue;
            }
            for (int f = 0; f < layout.frames(); f++) {
                long bits = field.field.get(state, f);
                if (bits != 0) {
                    long members = field.set ? bits : 1L << bits - 1;
                    for (long rest = members; rest != 0; rest &= rest - 1) {
                        int target = Long.numberOfTrailingZeros(rest);
                        long salt = field.salt * 512L + f % perBlock;
                        work.refined[f / perBlock] += Fingerprint.mix(
                                Fingerprint.combine(salt, work.signature[target / perBlock] + target % perBlock));
                        work.refined[target / perBlock] += Fingerprint.mix(
                                Fingerprint.combine(~salt, work.signature[f / perBlock] + target % perBlock));
                    }
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

    /** Writes {@code from} with block {@code b} called {@code nameOf[b]} to {@code to}. */
    private void rename(State from, int[] nameOf, State to) {
        to.restore(from);
        for (Naming naming : named) {
            for (int i = 0; i < naming.count; i++) {
                long bits = naming.field.get(from, i);
                if (bits != 0) {
                    naming.field.set(to, i, naming.set ? renamedSet(bits, nameOf) : renamed(bits - 1, nameOf) + 1);
                }
            }
        }
        for (Own field : own) {
            for (int f = 0; f < layout.frames(); f++) {
                long bits = field.field.get(from, f);
                if (bits != 0 && field.name) {
                    bits = renamed(bits - 1, nameOf) + 1;
                } else if (bits != 0 && field.set) {
                    bits = renamedSet(bits, nameOf);
                }
                field.field.set(to, (int) renamed(f, nameOf), bits);
            }
        }
        for (Standing standing : standing) {
            int actor = standing.mover.actor().index();
            int point = standing.mover.point().get(from, actor);
            if (standing.roles.holds[point]) {
                standing.mover.point().set(to, actor, renamedPoint(standing.roles, point, nameOf));
            }
        }
    }

    private long renamed(long frame, int[] nameOf) {
        return nameOf[(int) frame / perBlock] * (long) perBlock + frame % perBlock;
    }

    private long renamedSet(long frames, int[] nameOf) {
        long renamed = 0;
        for (long rest = frames; rest != 0; rest &= rest - 1) {
            renamed |= 1L << renamed(Long.numberOfTrailingZeros(rest), nameOf);
        }
        return renamed;
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

    /** Tries every order of blocks with equal signatures. */
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
                for (int b = 0; b < blocks; b++) {
                    work.nameOf[work.order[b]] = b;
                }
                rename(work.source, work.nameOf, work.trial);
                if (Arrays.compare(work.trial.words(), work.best.words()) < 0) {
                    work.best.restore(work.trial);
                }
                return;
            }
            long signature = work.signature[work.order[from]];
            for (int other = from; other < blocks && work.signature[work.order[other]] == signature; other++) {
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
