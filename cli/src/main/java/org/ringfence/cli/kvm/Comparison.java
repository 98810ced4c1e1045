package org.ringfence.cli.kvm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.ringfence.stack.host.kvm.gmem.KvmCall;
import org.ringfence.stack.host.kvm.gmem.KvmResult;

/** Drives the same sequences into two and holds every answer of the one against the other's. */
public final class Comparison {
    /** Runs of a shrinking at most. */
    private static final int PATIENCE = 2_000;

    private final Kvm model;
    private final Kvm judge;
    private final Map<String, Map<String, Long>> seen = new TreeMap<>();
    private long sequences;
    private long calls;

    public Comparison(Kvm model, Kvm judge) {
        this.model = model;
        this.judge = judge;
    }

    /**
     * A sequence at whose last call the two differ.
     *
     * @param number of the sequence that it was shrunk from
     * @param length that had, up to the difference
     * @param repeats whether it came out again; a difference that does not is of the moment
     */
    public record Difference(
            long number, int length, List<KvmCall> calls, KvmResult model, KvmResult judge, boolean repeats) {
        public Difference {
            calls = List.copyOf(calls);
        }
    }

    /** Where two differ. */
    private record Split(int at, long model, long judge) {}

    /** Sequences {@code 0} to {@code count - 1} of {@code source}, as long as {@code goesOn}; the first difference. */
    public @Nullable Difference run(long count, LongFunction<List<KvmCall>> source, BooleanSupplier goesOn) {
        for (long number = 0; number < count && goesOn.getAsBoolean(); number++) {
            List<KvmCall> sequence = source.apply(number);
            Split split = play(sequence, true);
            sequences++;
            if (split != null) {
                return shrunk(number, sequence.subList(0, split.at + 1), split);
            }
        }
        return null;
    }

    private @Nullable Split play(List<KvmCall> sequence, boolean counts) {
        model.reset();
        judge.reset();
        for (int i = 0; i < sequence.size(); i++) {
            KvmCall call = sequence.get(i);
            long expected = model.answer(call);
            if (expected == KvmCall.NOT_NOW) {
                continue;
            }
            long answered = judge.answer(call);
            if (counts) {
                calls++;
                count(call, answered);
            }
            if (expected != answered) {
                return new Split(i, expected, answered);
            }
        }
        return null;
    }

    private void count(KvmCall call, long answered) {
        String outcome = answered == KvmCall.NOT_NOW ? "nothing" : outcome(KvmResult.decode(answered));
        seen.computeIfAbsent(call.mnemonic(), name -> new TreeMap<>()).merge(outcome, 1L, Long::sum);
    }

    private static String outcome(KvmResult result) {
        return result.errno() == 0 && result.exit() == 0 ? "0" : result.toString();
    }

    private Difference shrunk(long number, List<KvmCall> from, Split first) {
        List<KvmCall> calls = new ArrayList<>(from);
        Split split = play(calls, false);
        if (split == null) {
            return new Difference(number, from.size(), from, said(first.model), said(first.judge), false);
        }
        int runs = 0;
        boolean shorter = true;
        while (shorter && runs < PATIENCE) {
            shorter = false;
            for (int i = calls.size() - 1; i >= 0 && runs < PATIENCE; i--) {
                List<KvmCall> fewer = new ArrayList<>(calls);
                fewer.remove(i);
                runs++;
                Split still = play(fewer, false);
                if (still != null) {
                    calls = new ArrayList<>(fewer.subList(0, still.at + 1));
                    split = still;
                    shorter = true;
                    i = Math.min(i, calls.size());
                }
            }
        }
        return new Difference(number, from.size(), calls, said(split.model), said(split.judge), true);
    }

    private static KvmResult said(long code) {
        return code == KvmCall.NOT_NOW ? new KvmResult(0, 0, 0) : KvmResult.decode(code);
    }

    /** Sequences so far. */
    public long sequences() {
        return sequences;
    }

    /** Calls so far, those of shrinking left out. */
    public long calls() {
        return calls;
    }

    /** How often each call ended how. */
    public Map<String, Map<String, Long>> seen() {
        return seen;
    }
}
