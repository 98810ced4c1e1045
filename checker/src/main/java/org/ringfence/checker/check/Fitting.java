package org.ringfence.checker.check;

import java.util.List;
import java.util.Optional;
import org.ringfence.checker.explore.Software;
import org.ringfence.checker.explore.SoftwareMover;
import org.ringfence.checker.learn.Budget;
import org.ringfence.checker.learn.Learner;
import org.ringfence.checker.learn.Operands;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Guards;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.state.Layout;

/**
 * Finds out on which machines an actor's software runs, as far as its operations are learned beforehand.
 *
 * @param size of the machines
 */
public record Fitting(ActorSpec actor, Software software, MachineSpec size) {
    private static final ThreatModel HONEST = ThreatModel.parse("honest-host");

    /** Learns the actor's software. */
    public static Fitting of(ActorSpec actor, MachineSpec size, Budget budget) {
        return new Fitting(actor, Learner.learn(actor.routine(), budget), size);
    }

    /** Whether a machine of {@code platform} with these options has what the software asks for. */
    public boolean runsOn(Platform platform, Record options) {
        return runsOn(platform, options, Optional.empty());
    }

    /** The same, and the {@code part} that the software may ask for after what is learned beforehand. */
    public boolean runsOn(Platform platform, Record options, Optional<Class<?>> part) {
        Actor alone = actor.actor(0);
        try {
            Assembly assembly = Assembly.of(
                    platform, size.geometry(), options, List.of(alone), HONEST, Guards.allOn(), actor.needs());
            Asked asked = Asked.on(platform.vocabulary(), new Operands(size.frames(), 1));
            if (asked.misfit(actor.principal(), software).isPresent()) {
                return false;
            }
            Layout.of(Layout.Storage.PACKED, size.frames(), size.smallPerLarge(), declaration -> {
                Machine machine = assembly.declare(declaration);
                part.ifPresent(machine::part);
                return SoftwareMover.of(
                        alone,
                        software,
                        machine,
                        declaration.table("software", "actor", 1).bounded("point", software.mostPoints()));
            });
            return true;
        } catch (RuntimeException misfit) {
            return false; // whatever the reason, it does not run there
        }
    }
}
