"""What a sweep is: factors, designs, studies, the store and the driver."""
