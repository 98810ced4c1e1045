package org.ringfence.checker.mutants;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.concurrent.atomic.AtomicInteger;

/** A change of one method's compiled code. */
sealed interface Mutation {
    ClassDesc TWISTS = ClassDesc.of(Twists.class.getName());

    /** The class to change. */
    String type();

    /** The method to change; all of this name. */
    String method();

    /** The method does nothing; it must return nothing. */
    record Emptied(String type, String method) implements Mutation {}

    /** The method answers one of its arguments. */
    record Answers(String type, String method, TypeKind kind, int slot) implements Mutation {}

    /** What the method answers goes through a twist. */
    record Answer(String type, String method, String twist, String signature) implements Mutation {}

    /** A call in the method, named {@code Type.method}, goes to a twist, with the receiver as the first argument. */
    record Call(String type, String method, String called, String twist, String signature) implements Mutation {}

    /** Comparisons of longs in the method go to a twist. */
    record Compare(String type, String method, String twist) implements Mutation {}

    /**
     * A call in the method, named {@code Type.method}, is dropped, and a field of the object stands for what it
     * answers.
     */
    record Field(String type, String method, String called, String field, String fieldType) implements Mutation {}

    /** The class's code with this change, each place counted. */
    default byte[] apply(byte[] code, AtomicInteger places) {
        ClassModel model = ClassFile.of().parse(code);
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel its
                    && its.methodName().equalsString(method())
                    && its.code().isPresent()) {
                change(its, builder, places);
            } else {
                builder.with(element);
            }
        };
        return ClassFile.of().transformClass(model, transform);
    }

    private void change(MethodModel its, java.lang.classfile.ClassBuilder builder, AtomicInteger places) {
        switch (this) {
            case Emptied emptied -> {
                places.incrementAndGet();
                builder.withMethod(its.methodName(), its.methodType(), its.flags().flagsMask(), body -> body.withCode(
                        to -> to.return_()));
            }
            case Answers(String type, String method, TypeKind kind, int slot) -> {
                places.incrementAndGet();
                builder.withMethod(its.methodName(), its.methodType(), its.flags().flagsMask(), body -> body.withCode(
                        to -> to.loadLocal(kind, slot).return_(kind)));
            }
            case Answer answer -> each(its, builder, (to, element) -> {
                if (element instanceof ReturnInstruction) {
                    places.incrementAndGet();
                    to.invokestatic(TWISTS, answer.twist, MethodTypeDesc.ofDescriptor(answer.signature));
                }
                to.with(element);
            });
            case Call call -> each(its, builder, (to, element) -> {
                if (element instanceof InvokeInstruction invoke && isCall(invoke, call.called)) {
                    places.incrementAndGet();
                    to.invokestatic(TWISTS, call.twist, MethodTypeDesc.ofDescriptor(call.signature));
                } else {
                    to.with(element);
                }
            });
            case Compare compare -> each(its, builder, (to, element) -> {
                if (element instanceof OperatorInstruction operator && operator.opcode() == Opcode.LCMP) {
                    places.incrementAndGet();
                    to.invokestatic(TWISTS, compare.twist, MethodTypeDesc.ofDescriptor("(JJ)I"));
                } else {
                    to.with(element);
                }
            });
            case Field field -> each(its, builder, (to, element) -> {
                if (element instanceof InvokeInstruction invoke && isCall(invoke, field.called)) {
                    places.incrementAndGet();
                    to.pop().aload(0).getfield(
                            ClassDesc.of(field.type), field.field, ClassDesc.of(field.fieldType));
                } else {
                    to.with(element);
                }
            });
        }
    }

    private static boolean isCall(InvokeInstruction invoke, String called) {
        return invoke.owner().asInternalName().endsWith("/" + called.substring(0, called.indexOf('.')))
                && invoke.name().equalsString(called.substring(called.indexOf('.') + 1));
    }

    private static void each(MethodModel its, java.lang.classfile.ClassBuilder builder, CodeTransform transform) {
        builder.transformMethod(its, java.lang.classfile.MethodTransform.transformingCode(
                (to, element) -> transform.accept(to, element)));
    }
}
