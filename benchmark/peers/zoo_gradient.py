"""What autograd finds for a network of the zoo, and how sure it is of it."""

import contextlib

import torch

import networks
import stored


@contextlib.contextmanager
def _ordered_gradients():
    """Gives the gradient to every BatchNorm in the memory order of its output.

    PyTorch 2.13 on the processor computes a wrong gradient of BatchNorm in evaluation mode where
    the gradient arrives with permuted strides, as behind `reshape(...).transpose(...)`: finite
    differences agree with this one.
    """
    plain = torch.nn.functional.batch_norm

    def ordered(*arguments, **options):
        output = plain(*arguments, **options)
        if output.requires_grad:
            last = torch.channels_last
            is_last = output.dim() == 4 and output.is_contiguous(memory_format=last)
            order = last if is_last and not output.is_contiguous() else torch.contiguous_format
            output.register_hook(lambda gradient: gradient.contiguous(memory_format=order))
        return output

    torch.nn.functional.batch_norm = ordered
    try:
        yield
    finally:
        torch.nn.functional.batch_norm = plain


class Probe:
    """The gradient of one unit of a network's first output, at its input or its embedding."""

    def __init__(self, subject):
        self.subject = subject
        self.inputs = {name: torch.from_numpy(a) for name, a in subject.inputs.items()}
        with torch.no_grad():
            outputs = self._call(self.inputs)
        output = first_output(outputs)
        self.has_several_outputs = not isinstance(outputs, torch.Tensor) and len(outputs) > 1
        # Tokens have their features last, pictures have them second.
        self.axis = 2 if output.dim() == 3 else 1
        self.unit = min(networks.UNIT, output.shape[self.axis] // 2)

    def gradient_and_noise(self):
        """Returns the gradient as an array, and the noise as `networks.gradient_and_noise`.

        What a network cannot do, float64 or `channels_last`, is left out of the noise.
        """
        gradient = self._gradient(self.inputs)
        others = []
        generator = torch.Generator().manual_seed(0)
        for _ in range(3):
            others.append(self._gradient(self.inputs, generator=generator))
        model = self.subject.model
        others += self._attempt(self._channels_last)
        model.to(memory_format=torch.contiguous_format)
        others += self._attempt(self._double)
        model.float()
        noise = max(stored.relative_error(other.double(), gradient.double()) for other in others)
        return gradient.contiguous().numpy(), noise

    @staticmethod
    def _attempt(form):
        try:
            return [form()]
        except (RuntimeError, ValueError, TypeError, NotImplementedError):
            return []

    def _channels_last(self):
        pictures = {name: x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x
                    for name, x in self.inputs.items()}
        self.subject.model.to(memory_format=torch.channels_last)
        return self._gradient(pictures)

    def _double(self):
        self.subject.model.double()
        return self._gradient({name: x.double() if x.is_floating_point() else x
                               for name, x in self.inputs.items()})

    @_ordered_gradients()
    def _gradient(self, inputs, generator=None):
        """Differentiates; with a generator, at a point that is perturbed by 1e-6 of each value."""
        seen = []

        def leaf(tensor):
            tensor = tensor.detach().clone(memory_format=torch.preserve_format)
            if generator is not None:
                tensor *= 1 + 1e-6 * torch.randn(tensor.shape, generator=generator)
            seen.append(tensor.requires_grad_())
            return tensor

        if self.subject.embedding is None:
            first, *rest = inputs
            output = self._call({first: leaf(inputs[first]), **{n: inputs[n] for n in rest}})
        else:
            module = self.subject.model.get_submodule(self.subject.embedding)
            hook = module.register_forward_hook(lambda _, __, result: leaf(result))
            try:
                output = self._call(inputs)
            finally:
                hook.remove()
        objective = first_output(output).select(self.axis, self.unit).mean()
        (gradient,) = torch.autograd.grad(objective, seen[0])
        return gradient

    def _call(self, inputs):
        model = self.subject.model
        return model(**inputs) if self.subject.named else model(*inputs.values())


def first_output(output):
    """Returns the first tensor of what a network returns."""
    while not isinstance(output, torch.Tensor):
        output = next(iter(output.values())) if hasattr(output, "values") else output[0]
    return output
