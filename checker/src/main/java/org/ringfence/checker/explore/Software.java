package org.ringfence.checker.explore;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ringfence.machine.operation.Operation;

/**
 * Where the software of one actor can stand, as a look-up: at each point it asks for one operation, and each result
 * leads to a next point. Points are dense, from 0, the beginning.
 */
public interface Software {

    /** How a point that asks for nothing has ended. */
    enum End {
        /** The routine has returned. */
        DONE,
        /** A panic that nobody caught. */
        PANIC
    }

    /** Points known so far. */
    int points();

    /** Points there can be at most, which sizes their field in the state. */
    int mostPoints();

    /** Whether all points and edges are known, so that look-ups need no learning. */
    boolean isComplete();

    /** What is asked at {@code point}; null where the software has ended. */
    @Nullable
    Operation<?> operation(int point);

    /** How the software has ended at {@code point}; null where it has not. */
    @Nullable
    End end(int point);

    /** Why a panic: its reason; empty elsewhere. */
    String reason(int point);

    /** The point after the result with this code; learned now when it was not known. */
    int next(int point, long code);

    /** Tells of every edge known so far. */
    void eachEdge(SoftwareMover.EdgeReader reader);

    /** A number that means this point in every process. */
    long key(int point);

    /** The lines of source that ask here, for example {@code AcceptPage.run(AcceptPage.java:41)}. */
    List<String> lines(int point);

    /** Whether it ever passes a frame to an operation or gets one as a result. */
    boolean mentionsFrames();

    /**
     * What each point known so far becomes had two blocks of frames had each other's names from the beginning.
     *
     * @throws FramesToldApart when the software treats the two differently
     */
    int[] renamed(FrameSwap swap);
}
