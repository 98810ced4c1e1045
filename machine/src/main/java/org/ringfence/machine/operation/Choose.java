package org.ringfence.machine.operation;

/** A choice among {@code options} possibilities, counted from 0. */
public record Choose(int options) implements Operation<Integer> {
    @Override
    public Results<Integer> results() {
        return new Results.Number(options);
    }

    @Override
    public Step on(Machine machine, Actor actor) {
        long outcome = Outcome.choice(options);
        return state -> outcome;
    }

    @Override
    public String mnemonic() {
        return "choose";
    }
}
