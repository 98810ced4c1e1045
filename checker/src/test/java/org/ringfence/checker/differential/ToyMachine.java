package org.ringfence.checker.differential;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.state.Bounded;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.state.State;
import org.ringfence.machine.state.Table;
import org.ringfence.machine.state.Word;

/**
 * A machine of a few registers and frames.
 *
 * @param pad a function of the registers, to make states longer than a word
 */
record ToyMachine(Size size, Bounded register, Word pad, Bounded content, FrameRef link, FrameRef slot, Cpus cpus) {

    /**
     * How large.
     *
     * @param most of each register's value
     * @param contents values of a frame's content
     * @param pads words of padding
     * @param known answers beside "anything"
     */
    record Size(int registers, int most, int frames, int perBlock, int contents, int slots, int pads, int actors,
            int known) {}

    static ToyMachine declare(Declaration declaration, Size size) {
        Table registers = declaration.table("register", "number", size.registers);
        Table frames = declaration.perFrame("memory");
        return new ToyMachine(
                size,
                registers.bounded("value", size.most),
                declaration.table("pad", "number", size.pads).word("bits"),
                frames.bounded("content", size.contents - 1),
                frames.frame("link"),
                declaration.table("slot", "number", size.slots).frame("frame"),
                Cpus.declare(declaration, size.actors, size.known));
    }

    void write(State state, int number, int value) {
        register.set(state, number, value);
        for (int p = 0; p < size.pads; p++) {
            if (number == p % size.registers) {
                pad.set(state, p, value * 0x9E3779B97F4A7C15L);
            }
        }
    }

    long take(Rule rule, State state) {
        Rule.Row row = rule.rows().get(register.get(state, rule.reads()));
        if (row.to() >= 0) {
            write(state, rule.writes(), row.to());
        }
        if (row.mark() != 0) {
            state.observe(Rule.marks(row.mark()));
        }
        return row.outcome();
    }

    /** All but where software stands, as the reference holds it. */
    List<Integer> vector(State state) {
        List<Integer> vector = new ArrayList<>();
        for (int r = 0; r < size.registers; r++) {
            vector.add(register.get(state, r));
        }
        for (int f = 0; f < size.frames; f++) {
            vector.add(content.get(state, f));
        }
        for (int f = 0; f < size.frames; f++) {
            vector.add(link.get(state, f));
        }
        for (int s = 0; s < size.slots; s++) {
            vector.add(slot.get(state, s));
        }
        for (int a = 0; a < size.actors; a++) {
            vector.add(cpus.status().ordinal(state, a));
        }
        for (int a = 0; a < size.actors; a++) {
            vector.add(cpus.answer().get(state, a));
        }
        return vector;
    }
}
