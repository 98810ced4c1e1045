package org.ringfence.checker.random;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ringfence.checker.check.Assembly;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Restraint;
import org.ringfence.checker.check.Scene;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Faulting;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Laws;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Results;
import org.ringfence.machine.operation.Step;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.State;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Turn;

/**
 * A machine set up for random sequences: every operation that its cast can draw, bound to the machine once, so that a
 * step of a sequence costs a look-up and the operation itself.
 *
 * @param initial the first state; not to be changed
 * @param acts all operations, those of one form and actor side by side
 * @param groups the runs of acts of one form and actor, each as often as its form's weight
 * @param invariants of the judged properties
 * @param watched marks that break a judged property
 */
public record Stage(
        Platform platform,
        Scene scene,
        Guards guards,
        Machine machine,
        Layout layout,
        State initial,
        List<Actor> cast,
        Act[] acts,
        Group[] groups,
        Invariant[] invariants,
        Laws laws,
        @Nullable Cpus cpus,
        long watched) {
    private static final ThreatModel EVERYONE_BY_SCRIPT = ThreatModel.parse("honest-host");

    /** Operations of one form and actor at most; of more a sample is taken. */
    private static final int MOST_OF_A_FORM = 4096;

    /**
     * An operation as one actor performs it.
     *
     * @param group those of one form and actor, by a number
     * @param kind those of one form, actor and mnemonic, by a number
     * @param arguments the place of each argument in its range
     */
    public record Act(int index, int group, int kind, Actor actor, Form form, Operation<?> operation, int[] arguments,
            Step step,
            Restraint.Condition allowed) {}

    /** The acts from {@code first}. */
    record Group(Actor actor, int number, int first, int count) {}

    /** The scene of a platform, with some of its checks off. */
    public static Stage of(Platform platform, Scene scene, Guards guards) {
        List<Actor> cast = new ArrayList<>();
        for (Scene.Role role : scene.cast()) {
            cast.add(role.actor(cast.size()));
        }
        MachineSpec size = scene.machine();
        Assembly assembly = Assembly.of(
                platform,
                size.geometry(),
                scene.options(platform),
                cast,
                EVERYONE_BY_SCRIPT,
                guards,
                scene.parts());
        Layout.Placed<Machine> placed = Layout.of(
                Layout.Storage.PACKED,
                size.frames(),
                size.smallPerLarge(),
                assembly::declare);
        Machine machine = placed.machine();
        State initial = placed.layout().newState();
        assembly.begin(initial, machine);
        Set<Property> judged = scene.judged();
        long watched = 0;
        for (Property property : judged) {
            watched |= property.broken() & ~property.exercised();
        }
        List<Act> acts = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        Map<List<Object>, Integer> kinds = new HashMap<>();
        int bound = 0;
        for (Actor actor : cast) {
            for (Form form : platform.vocabulary().forms()) {
                if (form.drawing().contains(actor.principal())) {
                    int first = acts.size();
                    bind(platform, machine, actor, form, bound, kinds, acts);
                    if (acts.size() > first) {
                        Group group = new Group(actor, bound++, first, acts.size() - first);
                        groups.addAll(Collections.nCopies(form.weight(), group));
                    }
                }
            }
        }
        return new Stage(
                platform,
                scene,
                guards,
                machine,
                placed.layout(),
                initial,
                List.copyOf(cast),
                acts.toArray(Act[]::new),
                groups.toArray(Group[]::new),
                assembly.invariants(machine).stream()
                        .filter(invariant -> judged.contains(invariant.property()))
                        .toArray(Invariant[]::new),
                machine.find(Laws.class).orElse(Laws.NONE),
                machine.find(Cpus.class).orElse(null),
                watched);
    }

    /** The operation of {@code act} as a script reads it. */
    String text(Act act) {
        return platform.vocabulary().text(act.operation());
    }

    /** The same as a step of a script that goes on whatever comes of it, as a random run does. */
    String step(Act act) {
        return text(act) + (canFault(act.operation().results()) ? " -> " + Turn.Perform.ANY : "");
    }

    private static boolean canFault(Results<?> results) {
        return results instanceof Results.Closed<?>(Class<?> type) && Faulting.class.isAssignableFrom(type);
    }

    private static void bind(
            Platform platform, Machine machine, Actor actor, Form form, int group, Map<List<Object>, Integer> kinds,
            List<Act> acts) {
        List<List<?>> values;
        try {
            values = form.values(machine);
        } catch (Machine.MissingPart absent) {
            return; // the scene's machine lacks what this operation works on
        }
        long product = 1;
        for (List<?> range : values) {
            product = Math.multiplyExact(product, range.size());
        }
        long stride = Math.max(1, product / MOST_OF_A_FORM) | 1;
        for (long code = 0; code < product; code += stride) {
            int[] arguments = arguments(values, code);
            Operation<?> operation = fitting(machine, actor, form, chosen(values, arguments));
            if (operation != null) {
                acts.add(new Act(
                        acts.size(),
                        group,
                        kinds.computeIfAbsent(
                                List.of(actor.index(), form.name(), operation.mnemonic()), kind -> kinds.size()),
                        actor,
                        form,
                        operation,
                        arguments,
                        operation.on(machine, actor),
                        platform.restraint().on(machine, actor, operation)));
            }
        }
    }

    /** The operation; null where no software of this machine can ask for it. */
    private static @Nullable Operation<?> fitting(Machine machine, Actor actor, Form form, List<Object> arguments) {
        try {
            Operation<?> operation = form.make(arguments);
            operation.on(machine, actor);
            return operation;
        } catch (IllegalArgumentException
                | IllegalStateException
                | Machine.MissingPart unfit) {
            return null;
        }
    }

    /** The first argument is the most significant digit of {@code code}. */
    private static int[] arguments(List<List<?>> values, long code) {
        int[] arguments = new int[values.size()];
        long rest = code;
        for (int i = values.size() - 1; i >= 0; i--) {
            arguments[i] = (int) (rest % values.get(i).size());
            rest /= values.get(i).size();
        }
        return arguments;
    }

    private static List<Object> chosen(List<List<?>> values, int[] arguments) {
        List<Object> chosen = new ArrayList<>();
        for (int i = 0; i < arguments.length; i++) {
            chosen.add(values.get(i).get(arguments[i]));
        }
        return chosen;
    }

    /** How many kinds of acts there are. */
    int kinds() {
        return Arrays.stream(acts).mapToInt(Act::kind).max().orElse(-1) + 1;
    }

    /** How many operations there are to draw, by their forms. */
    String drawn() {
        return "%,d operations of %s".formatted(
                acts.length,
                cast.stream().map(Actor::name).collect(Collectors.joining(", ")));
    }
}
