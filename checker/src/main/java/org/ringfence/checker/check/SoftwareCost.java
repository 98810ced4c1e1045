package org.ringfence.checker.check;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.memory.GuestMemory;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Successors;
import org.ringfence.machine.state.State;

/**
 * What a guest's software costs where nobody disturbs it: the shortest way to its end, counted. An operation is counted
 * once, when it is done, however often its actor leaves for the host in between.
 *
 * @param guest operations of software in the guest
 * @param host operations of all other software
 * @param leaves how often the guest leaves for its host, and waits
 * @param frames how many frames the host has given for the guest's pages at once, at most
 */
public record SoftwareCost(int guest, int host, int leaves, int frames) {

    /** States that are searched for the way, at most. */
    private static final int MOST_STATES = 200_000;

    /** A state, and the move that led there; null at the beginning. */
    private record Reached(State state, @Nullable Reached from, @Nullable SoftwareMover by) {}

    private record Words(long[] words) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Words(long[] others) && Arrays.equals(words, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(words);
        }
    }

    /**
     * That of the software in the guest; none where there is no such software, where it never ends, or where the way is
     * too long to be searched for.
     *
     * @param pages of the guest
     */
    public static Optional<SoftwareCost> of(Model model, Machine machine, int pages) {
        boolean isAlone = model.software().stream().noneMatch(mover -> mover.actor().principal().isInGuest());
        Optional<GuestMemory> memory = machine.find(GuestMemory.class);
        if (isAlone || memory.isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(shortest(model)).map(end -> counted(end, memory.get(), pages));
    }

    private static @Nullable Reached shortest(Model model) {
        State state = model.initial().snapshot();
        Successors successors = new Successors(state);
        Set<Words> seen = new HashSet<>();
        Deque<Reached> open = new ArrayDeque<>();
        open.add(new Reached(model.initial(), null, null));
        seen.add(new Words(model.initial().words().clone()));
        while (!open.isEmpty() && seen.size() < MOST_STATES) {
            Reached at = open.remove();
            if (hasEnded(model, at.state)) {
                return at;
            }
            for (SoftwareMover mover : model.software()) {
                state.restore(at.state);
                successors.begin();
                mover.each(state, successors);
                int width = state.words().length;
                for (int i = 0; i < successors.count(); i++) {
                    long[] words = Arrays.copyOfRange(successors.words(), i * width, (i + 1) * width);
                    if (seen.add(new Words(words))) {
                        State next = state.snapshot();
                        System.arraycopy(words, 0, next.words(), 0, width);
                        open.add(new Reached(next, at, mover));
                    }
                }
            }
        }
        return null;
    }

    private static boolean hasEnded(Model model, State state) {
        return model.software().stream()
                .noneMatch(mover -> mover.actor().principal().isInGuest() && mover.isUnderWay(state));
    }

    private static SoftwareCost counted(Reached end, GuestMemory memory, int pages) {
        int guest = 0;
        int host = 0;
        int leaves = 0;
        int frames = frames(end.state, memory, pages);
        for (Reached at = end; at.from != null && at.by != null; at = at.from) {
            int actor = at.by.actor().index();
            boolean isDone = at.by.point().get(at.state, actor) != at.by.point().get(at.from.state, actor);
            boolean isGuests = at.by.actor().principal().isInGuest();
            guest += isDone && isGuests ? 1 : 0;
            host += isDone && !isGuests ? 1 : 0;
            leaves += isDone || !isGuests ? 0 : 1;
            frames = Math.max(frames, frames(at.from.state, memory, pages));
        }
        return new SoftwareCost(guest, host, leaves, frames);
    }

    private static int frames(State state, GuestMemory memory, int pages) {
        int frames = 0;
        for (int page = 0; page < pages; page++) {
            frames += memory.frames(state, page);
        }
        return frames;
    }
}
