package dev.phosphene.examples;

import static dev.phosphene.visualize.loss.WeightedLoss.weighted;

import dev.phosphene.gradient.BackpropModifier;
import dev.phosphene.image.ContactSheet;
import dev.phosphene.image.Image;
import dev.phosphene.model.Model;
import dev.phosphene.visualize.ActivationMaximization;
import dev.phosphene.visualize.Picture;
import dev.phosphene.visualize.Recipe;
import dev.phosphene.visualize.attribution.Saliency;
import dev.phosphene.visualize.callback.PrintLosses;
import dev.phosphene.visualize.loss.Loss;
import java.util.List;

/** A loss and a backprop modifier of one's own, a lambda each. */
public final class OwnLoss {
  private OwnLoss() {}

  /** Writes {@code own-loss.png} and {@code own-backprop.png}. */
  public static void main(String[] arguments) {
    Output output = Output.of(arguments);
    Model network = Networks.things();
    int dog = network.labels().indexOf("dog");

    // What makes the network say dog, and nothing else: the class minus all others.
    Loss onlyDog =
        Loss.named(
            "dog against the rest",
            scene ->
                scene
                    .layer("head")
                    .filter(dog)
                    .times(2)
                    .minus(scene.layer("head").sum())
                    .negative());
    // Blue pictures: red and green are to stay below blue.
    Loss blue =
        Loss.named(
            "blue",
            scene -> scene.image().filters(0, 1).mean().minus(scene.image().filter(2).mean()));

    Picture plain = run(network, output, onlyDog, 0, blue);
    Picture tinted = run(network, output, onlyDog, 20, blue);
    output.picture(
        "own-loss.png",
        ContactSheet.of(
                List.of(plain.image(), tinted.image()),
                List.of("dog against the rest", "the same, and blue"))
            .render());

    // Gradients that are weak at a Relu are noise: let only the stronger half of them pass.
    BackpropModifier strong =
        rules ->
            rules.with(
                "Relu",
                backward -> {
                  var gradient = backward.gradient();
                  var size = backward.absolute(gradient);
                  var mean = backward.reduceMean(size, true, backward.axesFrom(size, 0));
                  var passes = backward.indicator(backward.greater(size, mean), gradient);
                  rules
                      .rule(backward.node())
                      .apply(backward.withGradient(backward.multiply(gradient, passes)));
                });
    Image photo = Networks.photo("dog").resizedSmoothly(48, 48);
    output.picture(
        "own-backprop.png",
        ContactSheet.of(
                List.of(
                    photo,
                    Saliency.of(network).filters(dog).at(photo).over(),
                    Saliency.of(network).filters(dog).backprop(strong).at(photo).over()),
                List.of("photo", "saliency", "strong gradients only"))
            .render());
  }

  private static Picture run(Model network, Output output, Loss onlyDog, double weight, Loss blue) {
    return ActivationMaximization.of(network)
        .recipe(Recipe.NATURAL)
        .iterations(64)
        .losses(weighted(onlyDog, 1), weighted(blue, weight))
        .onIteration(
            iteration -> {
              if (iteration.number() % 32 == 0) {
                new PrintLosses(output::say).onIteration(iteration);
              }
            })
        .run();
  }
}
