package org.ringfence.checker.check;

import org.jspecify.annotations.Nullable;
import org.ringfence.checker.explore.BrokenStep;
import org.ringfence.checker.explore.Model;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;

/**
 * A search met what cannot be: an operation threw, or was to store a value that its field cannot hold. Whoever wrote
 * the machine or the operation is wrong; no verdict can be given. The sentence names the operation, who performed it,
 * and what it threw.
 */
public final class Defect extends RuntimeException {
    private static final long serialVersionUID = 1;

    private Defect(String sentence, Throwable cause) {
        super(sentence, cause);
    }

    /** Finds out whose step it was, by taking each again. */
    static Defect of(Model model, Machine machine, BrokenStep broken) {
        Throwable thrown = broken.thrown();
        String who = step(model, machine, broken.before());
        return new Defect((who == null ? "a state was judged" : who) + ": " + sentence(thrown), thrown);
    }

    /** What was thrown, in a sentence. */
    public static String sentence(Throwable thrown) {
        String message = thrown.getMessage();
        return thrown.getClass().getSimpleName() + (message == null ? "" : ": " + message.replace("\n", " "));
    }

    /** The actor whose software asks for what throws; null where it is no software's step. */
    static @Nullable Actor software(Model model, Machine machine, State before) {
        for (SoftwareMover mover : model.software()) {
            Operation<?> operation = asked(mover, before);
            if (operation != null && throwsAnything(operation, machine, mover.actor(), before)) {
                return mover.actor();
            }
        }
        return null;
    }

    private static @Nullable Operation<?> asked(SoftwareMover mover, State before) {
        int index = mover.actor().index();
        boolean asks = mover.cpus() == null || mover.cpus().status().get(before, index) == Cpus.Status.RUNNING;
        return asks ? mover.software().operation(mover.point().get(before, index)) : null;
    }

    private static @Nullable String step(Model model, Machine machine, State before) {
        for (SoftwareMover mover : model.software()) {
            Operation<?> operation = asked(mover, before);
            if (operation != null && throwsAnything(operation, machine, mover.actor(), before)) {
                return "%s by %s".formatted(Form.text(operation), mover.actor().name());
            }
        }
        for (Family family : model.families()) {
            for (int arguments : family.arguments()) {
                Operation<?> operation = family.operation(arguments);
                if (throwsAnything(operation, machine, family.actor(), before)) {
                    return "%s by %s".formatted(Form.text(operation), family.actor().name());
                }
            }
        }
        return null;
    }

    private static boolean throwsAnything(Operation<?> operation, Machine machine, Actor actor, State before) {
        try {
            operation.on(machine, actor).take(before.snapshot());
            return false;
        } catch (RuntimeException | AssertionError thrown) {
            return true;
        }
    }
}
