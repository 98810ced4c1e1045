package org.ringfence.checker.explore;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * The innermost loop. A hidden copy of this class is defined for each model, with the movers as its class data: so they
 * are constants to the compiler, which folds the records they consist of, places of fields included, although the
 * machine is known only at run time.
 */
final class Expansion implements Expander {
    private static final Movers MOVERS = classData();

    private Expansion() {}

    /** A copy of this class for {@code model}. */
    static Expander forModel(Model model) {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try (InputStream bytes = Expansion.class.getResourceAsStream("Expansion.class")) {
            if (bytes == null) {
                throw new IllegalStateException("the class file of Expansion is not on the class path");
            }
            Class<?> copy = lookup.defineHiddenClassWithClassData(bytes.readAllBytes(), Movers.of(model), true)
                    .lookupClass();
            var constructor = copy.getDeclaredConstructor();
            constructor.setAccessible(true);
            return (Expander) constructor.newInstance();
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("the exploration loop cannot be copied", e);
        }
    }

    /** The movers of a hidden copy; nobody in the class that copies are made of. */
    private static Movers classData() {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            return lookup.lookupClass().isHidden()
                    ? MethodHandles.classData(lookup, "_", Movers.class)
                    : Movers.NOBODY;
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a class cannot see its own data", e);
        }
    }

    @Override
    public void expand(Worker worker, long address, int states, int place) {
        State state = worker.state;
        Successors out = worker.successors;
        long[] words = state.words();
        int width = words.length;
        long transitions = 0;
        out.begin();
        for (int i = 0; i < states; i++) {
            long from = address + (long) i * width * Long.BYTES;
            for (int w = 0; w < width; w++) {
                words[w] = OffHeap.getLong(from + (long) w * Long.BYTES);
            }
            out.next(place + i);
            moves(state, out);
            transitions += MOVERS.mergesPages() ? worker.size(state) * out.taken() : out.taken();
            long marks = marks(state);
            if (MOVERS.judgesStuck() && out.count() == 0) {
                marks |= worker.stuck();
            }
            if (out.breaches() > 0 || marks != 0) {
                worker.fileBreaches(place + i, marks);
            }
            worker.gathered();
        }
        worker.file();
        worker.transitions += transitions;
    }

    private static long marks(State state) {
        long marks = 0;
        if (MOVERS.i0() != null) {
            marks |= MOVERS.i0().judge(state);
        }
        if (MOVERS.i1() != null) {
            marks |= MOVERS.i1().judge(state);
        }
        for (Invariant invariant : MOVERS.moreInvariants()) {
            marks |= invariant.judge(state);
        }
        return marks;
    }

    /** Lets every mover move. */
    private static void moves(State state, Successors out) {
        if (MOVERS.m0() != null) {
            out.source(0);
            MOVERS.m0().each(state, out);
        }
        if (MOVERS.m1() != null) {
            out.source(1);
            MOVERS.m1().each(state, out);
        }
        if (MOVERS.m2() != null) {
            out.source(2);
            MOVERS.m2().each(state, out);
        }
        if (MOVERS.m3() != null) {
            out.source(3);
            MOVERS.m3().each(state, out);
        }
        if (MOVERS.m4() != null) {
            out.source(4);
            MOVERS.m4().each(state, out);
        }
        if (MOVERS.m5() != null) {
            out.source(5);
            MOVERS.m5().each(state, out);
        }
        if (MOVERS.m6() != null) {
            out.source(6);
            MOVERS.m6().each(state, out);
        }
        if (MOVERS.m7() != null) {
            out.source(7);
            MOVERS.m7().each(state, out);
        }
        if (MOVERS.m8() != null) {
            out.source(8);
            MOVERS.m8().each(state, out);
        }
        if (MOVERS.m9() != null) {
            out.source(9);
            MOVERS.m9().each(state, out);
        }
        if (MOVERS.m10() != null) {
            out.source(10);
            MOVERS.m10().each(state, out);
        }
        if (MOVERS.m11() != null) {
            out.source(11);
            MOVERS.m11().each(state, out);
        }
        for (int m = 0; m < MOVERS.more().length; m++) {
            out.source(Movers.NAMED + m);
            MOVERS.more()[m].each(state, out);
        }
    }
}
